"""Money is a Decimal of whole minor units; the database checks it in integers."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half away from zero, as invoices do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)

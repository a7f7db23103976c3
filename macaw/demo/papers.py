"""The demo's invoices and payments. Totals are summed from the lines, as everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from billing.models import BillingItem, Invoice, Payment
from customers.models import Customer
from domains.models import Domain
from macaw.kernel import clock
from macaw.kernel.money import ZERO

DAYS_TO_PAY = 14
Kind = BillingItem.Kind
Method = Payment.Method
Type = BillingItem.Type


@dataclass(frozen=True, slots=True)
class Item:
    type: str
    subject: str  # a name, or what else was charged
    price: str
    years: int = 1
    kind: str = Kind.CHARGE

    @property
    def total(self) -> Decimal:
        return self.years * Decimal(self.price)


@dataclass(frozen=True, slots=True)
class Paper:
    number: int
    days_ago: int
    status: str
    items: tuple[Item, ...]
    paid: tuple[tuple[str, str], ...] = ()  # method and amount of each payment

    @property
    def total(self) -> Decimal:
        return sum((item.total for item in self.items), ZERO)

    @property
    def paid_amount(self) -> Decimal:
        return sum((Decimal(amount) for _method, amount in self.paid), ZERO)


ASHDOWN = (
    Paper(
        1041,
        336,
        Invoice.Status.PAID,
        (Item(Type.RENEWAL, "ashdownstudio.com", "16.18"), Item(Type.RENEWAL, "mossgatepottery.com", "16.18")),
        ((Method.CREDIT_CARD, "32.36"),),
    ),
    Paper(
        1058,
        304,
        Invoice.Status.PAID,
        (
            Item(Type.REGISTRATION, "saltmarshletters.blog", "34.10"),
            Item(Type.PRIVACY, "saltmarshletters.blog", "3.50"),
            Item(Type.OTHER, "First name at Macaw", "-5.00", kind=Kind.DISCOUNT),
        ),
        ((Method.BANK_TRANSFER, "32.60"),),
    ),
    Paper(
        1090,
        175,
        Invoice.Status.PAID,
        (
            Item(Type.REGISTRATION, "ilovel1lac.io", "54.90"),
            Item(Type.TRANSFER, "lumenwick.io", "54.90"),
            Item(Type.RENEWAL, "lumenwick.eu", "12.60"),
        ),
        ((Method.CREDIT, "122.40"),),
    ),
    Paper(
        1117,
        41,
        Invoice.Status.OVERDUE,
        (Item(Type.RENEWAL, "nettlecombe.coffee", "41.20", years=2), Item(Type.RENEWAL, "willowgauge.net", "17.30")),
        ((Method.CREDIT, "77.60"),),
    ),
    Paper(1129, 5, Invoice.Status.ISSUED, (Item(Type.RENEWAL, "paperlantern.dev", "18.40"),)),
)
CRANE = (
    Paper(
        1102,
        70,
        Invoice.Status.PAID,
        (Item(Type.REGISTRATION, "slipwaysupply.com", "16.18"), Item(Type.PRIVACY, "slipwaysupply.com", "3.50")),
        ((Method.CREDIT_CARD, "19.68"),),
    ),
)


def top_up(owner: Customer, amount: str, days_ago: int) -> Decimal:
    """Money that came in without an invoice."""
    Payment.objects.create(
        customer=owner,
        payment_method=Method.CREDIT_CARD,
        transaction_id=f"demo-top-up-{owner.pk}",
        amount=Decimal(amount),
        payment_date=clock.now() - timedelta(days=days_ago),
        status=Payment.Status.COMPLETED,
    )
    return Decimal(amount)


def issue(owner: Customer, paper: Paper, names: Mapping[str, Domain]) -> Decimal:
    """One invoice with its lines and payments; returns what it took from the customer's balance."""
    date = clock.now() - timedelta(days=paper.days_ago)
    invoice = Invoice.objects.create(
        customer=owner,
        invoice_number=f"MC-{date:%Y}-{paper.number}",
        invoice_date=date,
        due_date=date + timedelta(days=DAYS_TO_PAY),
        currency=owner.currency,
        total_amount=paper.total,
        paid_amount=paper.paid_amount,
        status=paper.status,
    )
    BillingItem.objects.bulk_create(
        BillingItem(
            invoice=invoice,
            domain=names.get(item.subject),
            item_type=item.type,
            kind=item.kind,
            description=item.subject,
            quantity=item.years,
            unit_price=Decimal(item.price),
            total_price=item.total,
        )
        for item in paper.items
    )
    Payment.objects.bulk_create(
        Payment(
            customer=owner,
            invoice=invoice,
            payment_method=method,
            transaction_id=f"demo-{paper.number}-{place}",
            amount=Decimal(amount),
            payment_date=date + timedelta(days=place),
            status=Payment.Status.COMPLETED,
        )
        for place, (method, amount) in enumerate(paper.paid, 1)
    )
    from_credit = sum((Decimal(amount) for method, amount in paper.paid if method == Method.CREDIT), ZERO)
    return from_credit + paper.total - paper.paid_amount  # what is open was taken on credit

"""Papers and money: kept as long as tax law asks."""

from macaw.kernel.tables import audited, cache

_TAX_LAW = "tax law asks for the papers and what was paid"

for _table in ("invoices", "billing_items", "invoice_taxes", "payments"):
    audited(_table, kept="10 years after the end of its year", because=_TAX_LAW)

cache("invoices.total_amount", source="Σ billing_items.total_price", proof="doctor: invoice_totals")
cache("invoices.paid_amount", source="Σ completed payments.amount", proof="doctor: invoice_payments")
cache(
    "billing_items.total_price",
    source="billing_items.quantity × billing_items.unit_price",
    proof="CHECK billing_items_product",
)

"""What must be true of papers and money, in whole minor units."""

from collections.abc import Iterable, Iterator

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import BillingItem, Invoice, Payment
from macaw.kernel.doctor import check
from macaw.kernel.sql import Minor


def _differ(column: str, rows: QuerySet[BillingItem] | QuerySet[Payment], amount: str) -> Iterator[str]:
    """Invoices whose cache is not the sum of the amounts of their rows."""
    of_one = rows.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    summed = Coalesce(Subquery(of_one.annotate(sum=Sum(Minor(amount))).values("sum")), 0)
    false = Invoice.objects.annotate(kept=Minor(column), summed=summed).exclude(kept=F("summed"))
    for key, kept, true in false.values_list("pk", "kept", "summed").iterator():
        yield f"invoices {key}: {column} says {kept} minor units, its rows {true}"


@check("the total of every invoice is the sum of its lines")
def invoice_totals() -> Iterable[str]:
    yield from _differ("total_amount", BillingItem.objects.all(), "total_price")


@check("what is paid of every invoice is the sum of its completed payments")
def invoice_payments() -> Iterable[str]:
    yield from _differ("paid_amount", Payment.objects.filter(status=Payment.Status.COMPLETED), "amount")


@check("every invoice is in its customer's currency")
def currency() -> Iterable[str]:
    false = Invoice.objects.exclude(currency=F("customer__currency"))
    for key, has, wanted in false.values_list("pk", "currency", "customer__currency").iterator():
        yield f"invoices {key}: {has} instead of {wanted}"

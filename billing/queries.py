"""What pages ask about money and papers."""

from django.db.models import QuerySet

from billing.models import Invoice
from customers.models import Customer
from macaw.kernel import clock


def overdue(customer: Customer) -> QuerySet[Invoice]:
    """Issued invoices that are not paid though their day has passed; the oldest first. One query."""
    return Invoice.objects.filter(
        customer=customer, status__in=[Invoice.Status.ISSUED, Invoice.Status.OVERDUE], due_date__lt=clock.now()
    ).order_by("due_date", "pk")


def numbered(part: str) -> QuerySet[Invoice]:
    """Issued invoices with `part` in their number, of whomever. One query."""
    return Invoice.objects.filter(invoice_number__icontains=part).exclude(status=Invoice.Status.DRAFT)

"""Papers and money as staff see them: to read. What changes them are services, which also keep the sums true."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import BillingItem, Invoice, InvoiceTax, Payment
from macaw.kernel.admin import ReadOnlyAdmin, ReadOnlyInline


class BillingItemInline(ReadOnlyInline):
    model = BillingItem
    fields = ("description", "item_type", "kind", "domain", "quantity", "unit_price", "total_price")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BillingItem]:
        return super().get_queryset(request).select_related("domain")


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ("payment_date", "payment_method", "transaction_id", "amount", "status")


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = (
        "__str__", "customer", "invoice_date", "due_date", "status", "total_amount", "paid_amount", "currency",
    )  # fmt: skip
    list_filter = ("status", "currency")
    list_select_related = ("customer",)
    date_hierarchy = "due_date"
    search_fields = ("invoice_number", "customer__username", "customer__company_name")
    inlines = (BillingItemInline, PaymentInline)


@admin.register(BillingItem)
class BillingItemAdmin(ReadOnlyAdmin):
    list_display = ("description", "invoice", "domain", "item_type", "kind", "quantity", "unit_price", "total_price")
    list_filter = ("item_type", "kind")
    list_select_related = ("invoice", "domain")
    search_fields = ("description", "invoice__invoice_number", "domain__domain_name")


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(ReadOnlyAdmin):
    list_display = ("item", "category", "rate", "net_amount", "created_at")
    list_filter = ("category",)
    list_select_related = ("item",)
    search_fields = ("item__invoice__invoice_number",)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("payment_id", "customer", "invoice", "payment_method", "amount", "status", "payment_date")
    list_filter = ("status", "payment_method")
    list_select_related = ("customer", "invoice")
    search_fields = ("transaction_id", "customer__username", "customer__company_name", "invoice__invoice_number")

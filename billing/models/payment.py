"""Money that came, or went back: a refund is a negative completed row, and its original stays as it was."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from customers.models import Customer
from macaw.kernel import clock
from macaw.kernel.rows import Created, Line
from macaw.kernel.sql import Storable


class Payment(Created):
    class Method(models.TextChoices):
        CREDIT_CARD = "credit_card", _("Card")
        BANK_TRANSFER = "bank_transfer", _("Bank transfer")
        PAYPAL = "paypal", _("PayPal")
        CREDIT = "credit", _("Account credit")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Failed")
        REFUNDED = "refunded", _("Refunded")

    payment_id = models.BigAutoField(primary_key=True, help_text=_("Our number for the payment."))
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="payments",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("Who paid."),
    )
    invoice = models.ForeignKey(
        Invoice,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        verbose_name=_("invoice"),
        help_text=_("The invoice it settles; none for a top-up."),
    )
    payment_method = Line(_("method"), choices=Method.choices, help_text=_("How it was paid."))
    transaction_id = Line(
        _("reference"), null=True, blank=True, help_text=_("The provider's own reference; never card data.")
    )
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2, help_text=_("Negative for a refund."))
    payment_date = models.DateTimeField(
        _("date"), default=clock.now, db_default=Now(), help_text=_("When it was made.")
    )
    status = Line(
        _("status"),
        choices=Status.choices,
        default=Status.PENDING,
        db_default=Status.PENDING,
        help_text=_("Only completed payments count."),
    )
    notes = models.TextField(_("notes"), null=True, blank=True, help_text=_("For staff; not printed."))

    class Meta:
        db_table = "payments"
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["customer"], name="idx_payments_customer"),  # the customer's list
            models.Index(fields=["invoice"], name="idx_payments_invoice"),  # what settled an invoice
            models.Index(fields=["transaction_id"], name="idx_payments_transaction"),  # a provider's reference
            models.Index(fields=["status"], name="idx_payments_status"),  # what is still pending
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payment_method__in=["credit_card", "bank_transfer", "paypal", "credit", "other"]),
                name="payments_method",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "completed", "failed", "refunded"]), name="payments_status"
            ),
            models.CheckConstraint(condition=Q(Storable("amount")) & ~Q(amount=0), name="payments_amount_cents"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_payment_method_display()}"

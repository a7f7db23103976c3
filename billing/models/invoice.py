"""An invoice is the sum of its lines: net lines, discount lines, and one tax line per rate."""

from django.db import models
from django.db.models import DecimalField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from macaw.kernel import clock
from macaw.kernel.rows import Created, Line, Stamped
from macaw.kernel.sql import Minor, OnlyCharacters, Storable, begins


class Invoice(Stamped):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        PAID = "paid", _("Paid")
        OVERDUE = "overdue", _("Overdue")
        CANCELLED = "cancelled", _("Cancelled")

    invoice_id = models.BigAutoField(primary_key=True, help_text=_("Our internal number."))
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="invoices",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("Who owes it."),
    )
    invoice_number = Line(_("number"), help_text=_("On the paper; a draft has a hidden one until it is issued."))
    invoice_date = models.DateTimeField(
        _("date"), default=clock.now, db_default=Now(), help_text=_("Date on the paper.")
    )
    due_date = models.DateTimeField(_("due"), help_text=_("Until when it must be paid."))
    currency = Line(_("currency"), default="USD", db_default="USD", help_text=_("ISO 4217 code; the customer's own."))
    total_amount = models.DecimalField(
        _("total"),
        max_digits=10,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Sum of the lines; a cache of them."),
    )
    paid_amount = models.DecimalField(
        _("paid"),
        max_digits=10,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Sum of completed payments, refunds negative; a cache of them."),
    )
    status = Line(
        _("status"),
        choices=Status.choices,
        default=Status.DRAFT,
        db_default=Status.DRAFT,
        help_text=_("Draft, then issued; paid, overdue or cancelled after that."),
    )

    class Meta:
        db_table = "invoices"
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["customer"], name="idx_invoices_customer"),  # the customer's list
            models.Index(fields=["status"], name="idx_invoices_status"),  # receivables
            models.Index(fields=["due_date"], name="idx_invoices_due_date"),  # dunning
        ]
        constraints = [
            models.UniqueConstraint(fields=["invoice_number"], name="idx_invoices_number"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "issued", "paid", "overdue", "cancelled"]), name="invoices_status"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | ~Q(begins("invoice_number", "draft-")),
                name="invoices_number_at_issue",
            ),
            models.CheckConstraint(
                condition=Q(currency__length=3) & Q(OnlyCharacters("currency", allowed="A-Z")), name="invoices_currency"
            ),
            models.CheckConstraint(condition=Q(Storable("total_amount")), name="invoices_total_cents"),
            models.CheckConstraint(condition=Q(Storable("paid_amount")), name="invoices_paid_cents"),
        ]

    def __str__(self) -> str:
        return str(_("Draft")) if self.status == self.Status.DRAFT else self.invoice_number


class BillingItem(Created):
    class Type(models.TextChoices):
        REGISTRATION = "registration", _("Registration")
        RENEWAL = "renewal", _("Renewal")
        TRANSFER = "transfer", _("Transfer")
        PRIVACY = "privacy", _("Privacy")
        OTHER = "other", _("Other")

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charge")
        RESTORE = "restore", _("Restore")
        DISCOUNT = "discount", _("Discount")
        TAX = "tax", _("Tax")
        PLAN = "plan", _("Plan")

    billing_item_id = models.BigAutoField(primary_key=True, help_text=_("Our number for the line."))
    invoice = models.ForeignKey(
        Invoice,
        models.CASCADE,
        related_name="items",
        db_index=False,
        verbose_name=_("invoice"),
        help_text=_("The invoice it stands on."),
    )
    domain = models.ForeignKey(
        "domains.Domain",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="billing_items",
        db_index=False,
        verbose_name=_("domain"),
        help_text=_("The name it is for, if any."),
    )
    item_type = Line(_("type"), choices=Type.choices, help_text=_("What was charged."))
    kind = Line(
        _("kind"),
        choices=Kind.choices,
        default=Kind.CHARGE,
        db_default=Kind.CHARGE,
        help_text=_("What the line is in the sum: a charge, restore, discount, tax or plan."),
    )
    description = Line(_("description"), help_text=_("As printed."))
    quantity = models.IntegerField(_("quantity"), default=1, db_default=1, help_text=_("How many; years for a name."))
    unit_price = models.DecimalField(
        _("unit price"), max_digits=10, decimal_places=2, help_text=_("Net price of one; negative for a discount.")
    )
    total_price = models.DecimalField(
        _("total"), max_digits=10, decimal_places=2, help_text=_("Quantity × unit price, exactly.")
    )

    class Meta:
        db_table = "billing_items"
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        indexes = [
            models.Index(fields=["invoice"], name="idx_billing_items_invoice"),  # one invoice's lines
            models.Index(fields=["domain"], name="idx_billing_items_domain"),  # what a name has cost
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(item_type__in=["registration", "renewal", "transfer", "privacy", "other"]),
                name="billing_items_type",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["charge", "restore", "discount", "tax", "plan"]), name="billing_items_kind"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="billing_items_quantity"),
            models.CheckConstraint(condition=Q(Storable("unit_price")), name="billing_items_unit_cents"),
            models.CheckConstraint(condition=Q(Storable("total_price")), name="billing_items_total_cents"),
            models.CheckConstraint(
                condition=Exact(
                    Minor("total_price"),
                    Minor(ExpressionWrapper(F("quantity") * F("unit_price"), DecimalField())),
                ),
                name="billing_items_product",
            ),
        ]

    def __str__(self) -> str:
        return str(self.description)


class InvoiceTax(Created):
    """The rate behind a tax line, and what proves that it applied."""

    item = models.OneToOneField(
        BillingItem,
        models.CASCADE,
        related_name="tax",
        verbose_name=_("item"),
        help_text=_("The tax line on the invoice."),
    )
    rate = models.DecimalField(
        _("rate"), max_digits=6, decimal_places=3, help_text=_("In percent, such as 20.000; 0 for reverse charge.")
    )
    net_amount = models.DecimalField(
        _("net"), max_digits=10, decimal_places=2, help_text=_("The sum of lines it was taken on.")
    )
    category = Line(_("category"), help_text=_("EN 16931 code, such as S, AE or Z."))
    evidence = models.JSONField(
        _("evidence"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text=_("Country, tax number, its check and the wording."),
    )

    class Meta:
        db_table = "invoice_taxes"
        verbose_name = _("tax of an invoice")
        verbose_name_plural = _("taxes of invoices")
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=100), name="invoice_taxes_rate"),
            models.CheckConstraint(condition=Q(Storable("net_amount")), name="invoice_taxes_net_cents"),
        ]

    def __str__(self) -> str:
        return f"{self.rate} %"

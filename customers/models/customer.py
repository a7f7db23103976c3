"""Who pays. Names, money and papers belong to a customer; people reach them by membership alone."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from macaw.kernel.rows import Created, Line, Stamped
from macaw.kernel.sql import OnlyCharacters, Storable


class Customer(Stamped):
    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")

    customer_id = models.BigAutoField(primary_key=True, help_text=_("Our number for the customer."))
    username = Line(_("username"), help_text=_("The founding owner's login, for display; it gives no right."))
    email = Line(_("email"), help_text=_("Where letters to the customer go."))
    company_name = Line(_("company"), null=True, blank=True, help_text=_("Name of the firm; empty for a person."))
    currency = Line(
        _("currency"), default="USD", db_default="USD", help_text=_("ISO 4217 code; fixed once money has moved.")
    )
    account_balance = models.DecimalField(
        _("balance"),
        max_digits=10,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Posted credit, held money included; a cache of the ledger, negative when credit is used."),
    )
    held_amount = models.DecimalField(
        _("held"),
        max_digits=10,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Money reserved for orders under way; a cache of the open holds."),
    )
    credit_limit = models.DecimalField(
        _("credit limit"),
        max_digits=10,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("How far the balance may go below zero."),
    )
    status = Line(
        _("status"),
        choices=Status.choices,
        default=Status.ACTIVE,
        db_default=Status.ACTIVE,
        help_text=_("Suspended: reads, pays and keeps what is paid. Closed: nothing."),
    )

    class Meta:
        db_table = "customers"
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["email"], name="idx_customers_email"),  # staff search
            models.Index(fields=["status"], name="idx_customers_status"),  # staff filter
        ]
        constraints = [
            models.UniqueConstraint(fields=["username"], name="idx_customers_username"),
            models.CheckConstraint(condition=Q(status__in=["active", "suspended", "closed"]), name="customers_status"),
            models.CheckConstraint(condition=~Q(username=""), name="customers_username_given"),
            models.CheckConstraint(
                condition=Q(currency__length=3) & Q(OnlyCharacters("currency", allowed="A-Z")),
                name="customers_currency",
            ),
            models.CheckConstraint(condition=Q(Storable("account_balance")), name="customers_balance_cents"),
            models.CheckConstraint(
                condition=Q(Storable("held_amount")) & Q(held_amount__gte=0), name="customers_held_cents"
            ),
            models.CheckConstraint(
                condition=Q(Storable("credit_limit")) & Q(credit_limit__gte=0), name="customers_credit_cents"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.company_name or self.username)

    @property
    def available(self) -> Decimal:
        """What can be spent now."""
        return self.account_balance - self.held_amount + self.credit_limit


class Membership(Created):
    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        BILLING = "billing", _("Billing")
        VIEWER = "viewer", _("Viewer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        db_index=False,
        verbose_name=_("user"),
        help_text=_("The person."),
    )
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="memberships",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("The customer they act for."),
    )
    role = Line(
        _("role"),
        choices=Role.choices,
        help_text=_("Owner: all. Manager: all but members and closing. Billing: money only. Viewer: looks."),
    )

    class Meta:
        db_table = "memberships"
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["customer"], name="memberships_customer")]  # the customer's team
        constraints = [
            models.UniqueConstraint(fields=["user", "customer"], name="memberships_once"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "billing", "viewer"]), name="memberships_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

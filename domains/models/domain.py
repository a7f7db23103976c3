"""One row is one customer's holding of one name. A name that comes back gets a new row; the old one keeps its history."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from domains import lifecycle
from macaw.kernel.ids import NewUuid
from macaw.kernel.rows import Line, Stamped, StampedQuerySet
from macaw.kernel.sealed import SealedField
from macaw.kernel.sql import HostName, after_first_dot, begins


class DomainQuerySet(StampedQuerySet["Domain"]):
    def held(self) -> "DomainQuerySet":
        """Names that are, or are about to be, the customer's own."""
        return self.exclude(status__in=lifecycle.ENDED)

    def of(self, customer: Customer) -> "DomainQuerySet":
        return self.filter(customer=customer)


class Domain(Stamped):
    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Expired")
        GRACE = "grace", _("Grace period")
        REDEMPTION = "redemption", _("Redemption")
        PENDING_DELETE = "pending_delete", _("Being deleted")
        TRANSFERRED_AWAY = "transferred_away", _("Transferred away")
        CANCELLED = "cancelled", _("Cancelled")

    class Ending(models.TextChoices):
        LEFT = "left", _("Left for another registrar")
        MOVED = "moved", _("Moved to another customer of ours")
        DELETED = "deleted", _("Deleted")
        LAPSED = "lapsed", _("Lapsed")
        REFUSED = "refused", _("Refused by the registry")

    domain_id = models.BigAutoField(primary_key=True, help_text=_("Our number for this holding."))
    row_uuid = models.UUIDField(
        default=uuid4,
        db_default=NewUuid(),
        editable=False,
        help_text=_("Ties sealed values to this row, so that they open nowhere else."),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="domains",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("Who holds the name."),
    )
    domain_name = Line(_("name"), help_text=_("In lower case; international names as xn-- labels."))
    tld = Line(_("ending"), help_text=_("The text after the first dot, such as co.uk."))
    status = Line(
        _("status"),
        choices=Status.choices,
        default=Status.PENDING,
        db_default=Status.PENDING,
        help_text=_("Where the name is in its life."),
    )
    ended_reason = Line(
        _("how it ended"),
        choices=Ending.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("For a holding that ended: left, moved, deleted, lapsed or refused."),
    )
    registration_date = models.DateTimeField(_("registered"), help_text=_("When the registry first registered it."))
    expiration_date = models.DateTimeField(_("expires"), help_text=_("Until when it is paid at the registry."))
    dates_confirmed = models.BooleanField(
        _("dates confirmed"),
        default=False,
        db_default=False,
        help_text=_("Off while the dates are our guess; such dates are neither shown as true nor acted on."),
    )
    auto_renew = models.BooleanField(
        _("auto-renew"), default=True, db_default=True, help_text=_("Whether we renew it before it expires.")
    )
    transfer_lock = models.BooleanField(
        _("transfer lock"), default=True, db_default=True, help_text=_("Stops a move to another registrar.")
    )
    auth_code_fingerprint = models.TextField(
        editable=False,
        blank=True,
        default="",
        db_default="",
        help_text=_("Keyed fingerprint of the auth code, for the audit trail."),
    )
    auth_code = SealedField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Code that allows a transfer; sealed, shown once on request."),
    )
    whois_privacy = models.BooleanField(
        _("privacy"), default=False, db_default=False, help_text=_("Hides the owner from public look-ups.")
    )
    registry_domain_id = Line(
        _("registry number"), null=True, blank=True, help_text=_("What the registrar or registry calls this name.")
    )

    objects = DomainQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Stamped brings

    class Meta:
        db_table = "domains"
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        indexes = [
            models.Index(fields=["customer"], name="idx_domains_customer"),  # the customer's portfolio
            models.Index(fields=["tld"], name="idx_domains_tld"),  # filters and reports by ending
            models.Index(fields=["status"], name="idx_domains_status"),  # filters; the sweep of lapsed names
            models.Index(fields=["expiration_date"], name="idx_domains_expiration"),  # renewals, the horizon
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["domain_name"], condition=~Q(status__in=lifecycle.ENDED), name="idx_domains_name"
            ),
            models.UniqueConstraint(fields=["row_uuid"], name="domains_row_uuid"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "active",
                        "expired",
                        "grace",
                        "redemption",
                        "pending_delete",
                        "transferred_away",
                        "cancelled",
                    ]
                ),
                name="domains_status",
            ),
            models.CheckConstraint(
                condition=Q(ended_reason="")
                | Q(status="transferred_away", ended_reason__in=["left", "moved"])
                | Q(status="cancelled", ended_reason__in=["deleted", "lapsed", "refused"]),
                name="domains_ended_reason",
            ),
            models.CheckConstraint(condition=Q(HostName("domain_name")), name="domains_name_form"),
            models.CheckConstraint(condition=Q(tld=after_first_dot("domain_name")) & ~Q(tld=""), name="domains_tld"),
            models.CheckConstraint(condition=Q(expiration_date__gte=F("registration_date")), name="domains_dates"),
            models.CheckConstraint(
                condition=Q(auth_code__isnull=True) | Q(begins("auth_code", "v1.")), name="domains_auth_code_sealed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.domain_name)

    @property
    def label(self) -> str:
        return str(self.domain_name).partition(".")[0]


class DomainContact(models.Model):
    class Role(models.TextChoices):
        REGISTRANT = "registrant", _("Owner")
        ADMIN = "admin", _("Administrative")
        TECH = "tech", _("Technical")
        BILLING = "billing", _("Billing")

    domain = models.ForeignKey(
        Domain,
        models.CASCADE,
        related_name="domain_contacts",
        db_index=False,
        verbose_name=_("domain"),
        help_text=_("The name."),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        related_name="domain_contacts",
        db_index=False,
        verbose_name=_("contact"),
        help_text=_("Who fills the role."),
    )
    contact_role = Line(_("role"), choices=Role.choices, help_text=_("What the contact is for this name."))

    class Meta:
        db_table = "domain_contacts"
        verbose_name = _("contact of a domain")
        verbose_name_plural = _("contacts of domains")
        indexes = [
            models.Index(fields=["domain"], name="idx_domain_contacts_domain"),  # one domain's contacts
            models.Index(fields=["contact"], name="idx_domain_contacts_contact"),  # "used by n domains"
        ]
        constraints = [
            models.UniqueConstraint(fields=["domain", "contact_role"], name="domain_contacts_role_once"),
            models.CheckConstraint(
                condition=Q(contact_role__in=["registrant", "admin", "tech", "billing"]), name="domain_contacts_role"
            ),
        ]

    def __str__(self) -> str:
        return self.get_contact_role_display()


class TldDatum(Stamped):
    """One fact that a registry wants to know, such as the legal type of a .ca owner."""

    tld_data_id = models.BigAutoField(primary_key=True, help_text=_("Our number for the fact."))
    domain = models.ForeignKey(
        Domain,
        models.CASCADE,
        related_name="tld_data",
        db_index=False,
        verbose_name=_("domain"),
        help_text=_("The name."),
    )
    data_key = Line(_("key"), help_text=_("The registry's name for the fact, such as nexus_category."))
    data_value = Line(_("value"), help_text=_("What it is for this name."))

    class Meta:
        db_table = "tld_data"
        verbose_name = _("registry fact")
        verbose_name_plural = _("registry facts")
        indexes = [
            models.Index(fields=["domain"], name="idx_tld_data_domain"),  # one domain's facts
            models.Index(fields=["data_key"], name="idx_tld_data_key"),  # who has set a given fact
        ]
        constraints = [models.UniqueConstraint(fields=["domain", "data_key"], name="tld_data_key_once")]

    def __str__(self) -> str:
        return f"{self.data_key}={self.data_value}"

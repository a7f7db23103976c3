"""A person or firm as a registry knows them, used again on any number of domains of one customer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from macaw.kernel.rows import Line, Versioned
from macaw.kernel.sql import OnlyCharacters


class Contact(Versioned):
    class Type(models.TextChoices):
        REGISTRANT = "registrant", _("Owner")
        ADMIN = "admin", _("Administrative")
        TECH = "tech", _("Technical")
        BILLING = "billing", _("Billing")

    contact_id = models.BigAutoField(primary_key=True, help_text=_("Our number for the contact."))
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="contacts",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("Whose contact it is."),
    )
    contact_type = Line(
        _("usual use"),
        choices=Type.choices,
        help_text=_("Offered first for this role; what counts is the role on a domain."),
    )
    first_name = Line(_("first name"), help_text=_("Given name, as on papers."))
    last_name = Line(_("last name"), help_text=_("Family name, as on papers."))
    organization = Line(
        _("organisation"),
        null=True,
        blank=True,
        help_text=_("If given, the organisation is the owner, not the person."),
    )
    email = Line(_("email"), help_text=_("Registries write here; an unread mailbox can cost the name."))
    phone = Line(_("phone"), help_text=_("With country code, such as +1.4165550123."))
    fax = Line(_("fax"), null=True, blank=True, help_text=_("With country code; few registries still ask."))
    address1 = Line(_("address"), help_text=_("Street and number."))
    address2 = Line(_("address, second line"), null=True, blank=True, help_text=_("Floor, suite or building."))
    city = Line(_("city"), help_text=_("City or town."))
    state_province = Line(_("state or province"), help_text=_("Where the country has them; else the city again."))
    postal_code = Line(_("postal code"), help_text=_("In the country's own format."))
    country_code = Line(_("country"), help_text=_("ISO 3166-1 code of two capital letters."))

    class Meta:
        db_table = "contacts"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["customer"], name="idx_contacts_customer"),  # the customer's list
            models.Index(fields=["email"], name="idx_contacts_email"),  # staff search
            models.Index(fields=["contact_type"], name="idx_contacts_type"),  # staff filter
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact_type__in=["registrant", "admin", "tech", "billing"]), name="contacts_type"
            ),
            models.CheckConstraint(
                condition=Q(country_code__length=2) & Q(OnlyCharacters("country_code", allowed="A-Z")),
                name="contacts_country",
            ),
        ]

    def __str__(self) -> str:
        return self.organization or f"{self.first_name} {self.last_name}"

"""A person or firm as a registry knows them, used again on any number of domains of one customer."""

import unicodedata
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import phones, postal
from customers.models.customer import Customer
from macaw.kernel.rows import Line, StampedQuerySet, Versioned
from macaw.kernel.sql import OnlyCharacters

LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE, LONGEST_CODE = 64, 255, 40, 16  # as registries take them
JOINERS = {"\u200c", "\u200d"}  # seen by nobody, and yet part of how some languages are written


class ContactQuerySet(StampedQuerySet["Contact"]):
    def of(self, customer: Customer) -> "ContactQuerySet":
        return self.filter(customer=customer)

    def with_uses(self) -> "ContactQuerySet":
        """Adds `uses`: on how many names each stands, those that ended included."""
        return self.annotate(uses=Count("domain_contacts__domain", distinct=True))


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
    first_name = Line(_("first name"), max_length=LONGEST_NAME, help_text=_("Given name, as on papers."))
    last_name = Line(_("last name"), max_length=LONGEST_NAME, help_text=_("Family name, as on papers."))
    organization = Line(
        _("organisation"),
        max_length=LONGEST_NAME,
        null=True,
        blank=True,
        help_text=_("If given, the organisation is the owner, not the person."),
    )
    email = Line(
        _("email"),
        max_length=LONGEST_EMAIL,
        help_text=_("Registries write here; an unread mailbox can cost the name."),
    )
    phone = Line(_("phone"), max_length=LONGEST_PHONE, help_text=_("With country code, such as +1.4165550123."))
    fax = Line(
        _("fax"),
        max_length=LONGEST_PHONE,
        null=True,
        blank=True,
        help_text=_("With country code; few registries still ask."),
    )
    address1 = Line(_("address"), max_length=LONGEST_NAME, help_text=_("Street and number."))
    address2 = Line(
        _("address, second line"),
        max_length=LONGEST_NAME,
        null=True,
        blank=True,
        help_text=_("Floor, suite or building."),
    )
    city = Line(_("city"), max_length=LONGEST_NAME, help_text=_("City or town."))
    state_province = Line(
        _("state or province"),
        max_length=postal.LONGEST_AREA,
        blank=True,
        help_text=_("Where the country has them; else the city again."),
    )
    postal_code = Line(
        _("postal code"),
        max_length=LONGEST_CODE,
        blank=True,
        help_text=_("In the country's own format; empty where it has none."),
    )
    country_code = Line(_("country"), help_text=_("ISO 3166-1 code of two capital letters."))
    creation_key = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Key of the form that made it, so that sending the form twice makes one contact."),
    )

    objects = ContactQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Stamped brings

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
            models.UniqueConstraint(fields=["customer", "creation_key"], name="contacts_created_once"),
        ]

    def __str__(self) -> str:
        return self.organization or self.person

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def country(self) -> postal.Country:
        return postal.country(self.country_code)

    @property
    def phone_shown(self) -> str:
        return phones.shown(self.phone, self.country_code)

    @property
    def fax_shown(self) -> str:
        return phones.shown(self.fax, self.country_code) if self.fax else ""

    @property
    def own_state(self) -> str:
        """The state, unless it only repeats the city because the country asks for none."""
        repeats = not self.country.area_required and self.state_province == self.city
        return "" if repeats else self.state_province

    @property
    def written(self) -> list[str]:
        """The address, line by line, as it is written in its country."""
        lines = [self.address1, self.address2 or "", *self.country.written(self.city, self.own_state, self.postal_code)]
        return [line for line in lines if line]

    def clean(self) -> None:
        """Put every value into the form registries take, and say of each that cannot be what is wrong with it."""
        faults: dict[str, ValidationError] = {}
        for name, check in CHECKS:
            try:
                check(self, name)
            except ValidationError as fault:
                faults.setdefault(name, fault)
        if not self.state_province and not faults:
            self.state_province = self.city
        if faults:
            raise ValidationError(faults)


def _tidy(contact: Contact, name: str) -> None:
    """One line, without spaces that nobody sees; what cannot be printed is refused."""
    text = " ".join(unicodedata.normalize("NFC", getattr(contact, name) or "").split())
    if any(unicodedata.category(letter).startswith("C") and letter not in JOINERS for letter in text):
        raise ValidationError(gettext("It holds a character that cannot be printed. Type it anew."))
    setattr(contact, name, text or (None if contact._meta.get_field(name).null else ""))


def _check_country(contact: Contact, name: str) -> None:
    if contact.country_code:
        contact.country_code = postal.checked_country(contact.country_code)


def _check_state(contact: Contact, name: str) -> None:
    contact.state_province = postal.checked_area(contact.state_province, contact.country)


def _check_postal_code(contact: Contact, name: str) -> None:
    contact.postal_code = postal.checked_postal_code(contact.postal_code, contact.country, contact.state_province)


def _check_email(contact: Contact, name: str) -> None:
    if contact.email:
        contact.email = mailbox(contact.email)


def _check_phone(contact: Contact, name: str) -> None:
    if number := getattr(contact, name):
        setattr(contact, name, phones.checked(number, contact.country_code))


def mailbox(text: str) -> str:
    """The address with its domain as the registry has it; what stands before the @ is left as it is."""
    try:
        validate_email(text)
        local, _at, domain = text.rpartition("@")
        return f"{local}@{domain.encode('idna').decode().lower()}"
    except (ValidationError, UnicodeError):
        raise ValidationError(gettext("This is no email address. One looks like name@example.com.")) from None


TEXTS = ("first_name", "last_name", "organization", "email", "phone", "fax", "address1", "address2", "city",
         "state_province", "postal_code", "country_code")  # fmt: skip
CHECKS: tuple[tuple[str, Callable[[Contact, str], None]], ...] = (
    *((name, _tidy) for name in TEXTS),
    ("country_code", _check_country),  # the country decides about what follows
    ("state_province", _check_state),
    ("postal_code", _check_postal_code),
    ("email", _check_email),
    ("phone", _check_phone),
    ("fax", _check_phone),
)

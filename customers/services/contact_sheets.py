"""Contacts to and from CSV. A file is looked at first, then taken in as it was shown; taken in again it changes nothing.

A row is about the contact whose number it gives. Without one it is about the contact with the same organisation, first
and last name and email, and the same use if it gives a use; if there is none, it adds one. An empty cell empties the
field, a column that is left out leaves it as it is.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers import sheets
from customers.models import Contact, Customer
from customers.models.contact import mailbox
from customers.sheets import Row, Sheet, plain
from macaw.kernel.errors import Stale
from macaw.kernel.writing import Actor, writing

NUMBER, USE = "contact_id", "contact_type"
IDENTITY = ("organization", "first_name", "last_name", "email")
FIELDS = (
    USE, *IDENTITY[:3], "address1", "address2", "city", "state_province", "postal_code", "country_code", "email",
    "phone", "fax",
)  # fmt: skip
COLUMNS = (NUMBER, *FIELDS)
SYNONYMS = {
    NUMBER: ("id", "number"),
    USE: ("type", "use", "usual use", "role"),
    "organization": ("organisation", "company", "firm"),
    "first_name": ("given name", "forename"),
    "last_name": ("family name", "surname"),
    "address1": ("address", "street", "address line 1"),
    "address2": ("address line 2",),
    "city": ("town",),
    "state_province": ("state", "province", "state or province", "region", "county"),
    "postal_code": ("postcode", "zip", "zip code"),
    "country_code": ("country",),
    "email": ("email address", "mail"),
    "phone": ("telephone", "tel", "phone number"),
    "fax": ("fax number",),
}
HEADERS = {plain(name): column for column in COLUMNS for name in (column, *SYNONYMS[column])}
USES = {plain(str(name)): use.value for use in Contact.Type for name in (use.value, use.label)}
TOLD = 100  # rows of one outcome on a page; the others are counted
AT_ONCE = 500  # contacts in memory while a file is written


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the file comes to."""

    number: int
    outcome: Outcome
    contact: Contact
    changes: tuple[Change, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()  # field and sentence

    @property
    def uses(self) -> int:
        """On how many names a change shows."""
        return getattr(self.contact, "uses", 0)


@dataclass
class Plan:
    sheet: Sheet
    lines: list[Line] = field(default_factory=list)

    def of(self, outcome: Outcome) -> list[Line]:
        return [line for line in self.lines if line.outcome is outcome]

    @cached_property
    def counts(self) -> dict[str, int]:
        return {outcome.value: len(self.of(outcome)) for outcome in Outcome}

    @cached_property
    def changes_something(self) -> bool:
        return bool(self.of(Outcome.NEW) or self.of(Outcome.CHANGED))

    @cached_property
    def told(self) -> list[Line]:
        """What a person has to look at: first the rows to correct, then what changes."""
        return [line for outcome in (Outcome.FAULTY, Outcome.CHANGED, Outcome.NEW) for line in self.of(outcome)[:TOLD]]

    @cached_property
    def untold(self) -> int:
        return len(self.lines) - self.counts["same"] - len(self.told)

    @cached_property
    def digest(self) -> str:
        """The same plan has the same digest: what is taken in is what was shown."""
        facts = [
            (line.number, line.outcome, line.contact.pk, line.contact.version, line.changes) for line in self.lines
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()


def plan(customer: Customer, sheet: Sheet) -> Plan:
    """What the file would do; nothing is written. One query."""
    people = _People(customer)
    return Plan(sheet, [people.line(row) for row in sheet.rows])


def take_in(*, actor: Actor, customer: Customer, sheet: Sheet, shown: str, request_id: str = "") -> Plan:
    """Do what the plan of this digest said, or raise `Stale` if the same file would do something else by now."""
    with writing(actor, "contacts.imported", request_id=request_id):
        # Locked, so that of two who send the same file at once the second finds what the first one made.
        Customer.objects.select_for_update().get(pk=customer.pk)
        planned = plan(customer, sheet)
        if planned.digest != shown:
            raise Stale
        Contact.objects.bulk_create(line.contact for line in planned.of(Outcome.NEW))
        for line in planned.of(Outcome.CHANGED):
            line.contact.save_over(line.contact.version)
    return planned


def written(customer: Customer) -> Iterator[str]:
    """All contacts of the customer as a file, piece by piece."""
    rows = Contact.objects.of(customer).order_by("pk").iterator(chunk_size=AT_ONCE)
    return sheets.written(COLUMNS, ([getattr(contact, column) or "" for column in COLUMNS] for contact in rows))


class _People:
    """The customer's contacts while a file is gone through, with what its rows so far made of them."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.by_number: dict[str, Contact] = {}
        self.by_identity: dict[tuple[str, ...], list[Contact]] = defaultdict(list)
        self.rows: dict[int, int] = {}  # which row was about a contact, by the object's own id
        for contact in Contact.objects.of(customer).with_uses().order_by("pk"):
            self.by_number[str(contact.pk)] = contact
            self.by_identity[_identity(contact)].append(contact)

    def line(self, row: Row) -> Line:
        values = {name: row.values[name] for name in FIELDS if name in row.values}
        if values.get(USE):
            values[USE] = USES.get(plain(values[USE]), values[USE])
        try:
            found = self._find(row.values.get(NUMBER, ""), values)
            after = _filled(found or Contact(customer=self.customer), values)
        except ValidationError as fault:
            return Line(row.number, Outcome.FAULTY, Contact(customer=self.customer, **values), faults=_said(fault))
        changes = tuple(_changes(found, after)) if found else ()
        if found and not changes:
            return Line(row.number, Outcome.SAME, found)
        if found and id(found) in self.rows:
            words = _("Row %(number)s is about the same contact and says otherwise.") % {"number": self.rows[id(found)]}
            return Line(row.number, Outcome.FAULTY, after, faults=(("", words),))
        self._remember(row.number, found, after)
        return Line(row.number, Outcome.CHANGED if found else Outcome.NEW, after, changes)

    def _find(self, number: str, values: Mapping[str, str]) -> Contact | None:
        if number:
            if number not in self.by_number:
                words = _("You have no contact of number %(number)s. Empty the cell, and the row adds a new one.")
                raise ValidationError({NUMBER: words % {"number": number}})
            return self.by_number[number]
        same = self.by_identity[_identity(Contact(**{name: values.get(name, "") for name in IDENTITY}))]
        found = [contact for contact in same if not values.get(USE) or contact.contact_type == values[USE]]
        if len(found) > 1:
            numbers = ", ".join(str(contact.pk) for contact in found if contact.pk)
            raise ValidationError({NUMBER: _("It can be any of these: %s. Say which, by its number.") % numbers})
        return found[0] if found else None

    def _remember(self, number: int, before: Contact | None, after: Contact) -> None:
        if before is not None:
            self.by_identity[_identity(before)].remove(before)
            self.by_number[str(before.pk)] = after
        self.by_identity[_identity(after)].append(after)
        self.rows[id(after)] = number


def _filled(contact: Contact, values: Mapping[str, str]) -> Contact:
    """A copy with these values in the form registries take, or a ValidationError that names the fields."""
    filled = copy(contact)
    for name, value in values.items():
        setattr(filled, name, value)
    filled.contact_type = filled.contact_type or contact.contact_type or Contact.Type.REGISTRANT
    filled.full_clean(exclude=["customer"], validate_unique=False, validate_constraints=False)
    return filled


def _changes(before: Contact, after: Contact) -> Iterator[Change]:
    for name in FIELDS:
        old, new = getattr(before, name) or "", getattr(after, name) or ""
        if old != new:
            yield Change(_label(name), old, new)


def _identity(contact: Contact) -> tuple[str, ...]:
    """What tells contacts apart, in the form it is stored in and without case: a file may write it in another."""
    names = [getattr(contact, name) or "" for name in IDENTITY[:3]]
    email = contact.email
    with suppress(ValidationError):
        email = mailbox(email)
    return tuple(" ".join(normalize("NFC", text).casefold().split()) for text in (*names, email))


def _said(fault: ValidationError) -> tuple[tuple[str, str], ...]:
    return tuple((_label(name), " ".join(said)) for name, said in fault.message_dict.items())


def _label(name: str) -> str:
    (field,) = (field for field in Contact._meta.concrete_fields if field.name == name)
    return str(capfirst(field.verbose_name))

"""The jump box: what a person may go to, found by a few letters. Nobody finds what is not theirs."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import billing.queries
import customers.queries
from customers.models import Contact, Customer, User
from domains.models import Domain
from macaw.help import TOPICS
from macaw.shell import Door

EACH = 5  # results of one kind


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    hint: str = ""
    is_data: bool = False  # not to be translated
    is_name: bool = False  # a domain name: set as one


@dataclass(frozen=True, slots=True)
class Group:
    label: Promise
    items: list[Item]


def find(user: User, customer: Customer | None, pages: Iterable[Door], query: str) -> list[Group]:
    """Pages and help for everyone, their own contacts for who acts for a customer, records for staff.

    One query for a customer, at most four for staff.
    """
    page_items = [Item(str(door.label), door.url, door.icon) for door in pages]
    topics = [Item(str(label), f"{reverse('help')}#{anchor}", "life-buoy") for anchor, label in TOPICS]
    groups = [Group(_("Pages"), _named(page_items, query)), Group(_("Help"), _named(topics, query))]
    if query and customer:
        groups.append(Group(_("Your contacts"), _contacts(customer, query)))
    if query and user.is_staff:
        groups += _records(user, query)
    return [group for group in groups if group.items]


def _named(items: list[Item], query: str) -> list[Item]:
    words = query.casefold().split()
    return [item for item in items if all(word in item.label.casefold() for word in words)]


def _contacts(customer: Customer, query: str) -> list[Item]:
    return [
        Item(str(contact), reverse("contact", args=[contact.pk]), "user-round", contact.email, is_data=True)
        for contact in customers.queries.contacts(customer, text=query)[:EACH]
    ]


def _records(user: User, query: str) -> list[Group]:
    person = Q(first_name__icontains=query) | Q(last_name__icontains=query) | Q(organization__icontains=query)
    return [
        Group(_("Names"), _found(user, Domain.objects.filter(domain_name__contains=_ascii(query)), "globe")),
        Group(
            _("Customers"),
            _found(
                user,
                Customer.objects.filter(
                    Q(company_name__icontains=query) | Q(username__icontains=query) | Q(email__icontains=query)
                ),
                "building-2",
            ),
        ),
        Group(_("Contacts"), _found(user, Contact.objects.filter(person | Q(email__icontains=query)), "user-round")),
        Group(_("Invoices"), _found(user, billing.queries.numbered(query), "file-text")),
    ]


def _found(user: User, rows: QuerySet[Model], icon: str) -> list[Item]:
    """The first few, each with its page in the admin; nothing where this person may not look."""
    options = rows.model._meta
    if not (admin.site.is_registered(rows.model) and user.has_perm(f"{options.app_label}.view_{options.model_name}")):
        return []
    address = f"admin:{options.app_label}_{options.model_name}_change"
    return [
        Item(str(row), reverse(address, args=[row.pk]), icon, f"#{row.pk}", is_data=True, is_name=rows.model is Domain)
        for row in rows.order_by("-pk")[:EACH]
    ]


def _ascii(query: str) -> str:
    """As names are stored: an international one by its xn-- form."""
    with suppress(UnicodeError):
        return query.encode("idna").decode().lower()
    return query.lower()

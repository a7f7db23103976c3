"""What pages ask about people and contacts."""

from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Contact, ContactQuerySet, Customer, Invitation, Membership, User


def memberships_of(user: User) -> list[Membership]:
    """For whom a person can act, in the order they joined; closed customers are nobody's to act for. One query."""
    rows = Membership.objects.filter(user=user).exclude(customer__status=Customer.Status.CLOSED)
    return list(rows.select_related("customer").order_by("id"))


def team(customer: Customer) -> list[Membership]:
    """Who acts for a customer, owners first, in the order they joined. One query."""
    rows = customer.memberships.select_related("user").order_by("id")
    return sorted(rows, key=lambda each: each.role != Membership.Role.OWNER)


def invited(customer: Customer) -> list[Invitation]:
    """Who has not answered yet, or did not in time; the newest first. One query."""
    return list(customer.invitations.open().select_related("invited_by").order_by("-sent_at", "-pk"))


def unlinked() -> QuerySet[User]:
    """People who logged in and act for nobody, the newest first; staff need no customer."""
    return User.objects.filter(memberships=None, is_active=True, is_staff=False).order_by("-pk")


def customers(query: str) -> QuerySet[Customer]:
    """Found by name, login or address; the newest first."""
    found = Customer.objects.order_by("-pk")
    if not query:
        return found
    words = Q(company_name__icontains=query) | Q(username__icontains=query) | Q(email__icontains=query)
    return found.filter(words | Q(pk=int(query)) if query.isascii() and query.isdigit() and len(query) < 19 else words)  # noqa: PLR2004  # digits of a key


def contacts(customer: Customer, *, text: str = "", use: str = "") -> ContactQuerySet:
    """The customer's contacts by name, each with the number of names that use it; found by any of their words. One query."""
    found = Contact.objects.of(customer).with_uses()
    for word in text.split():
        found = found.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(organization__icontains=word)
            | Q(email__icontains=word)
            | Q(city__icontains=word)
        )
    if use:
        found = found.filter(contact_type=use)
    return found.order_by("last_name", "first_name", "pk")


def uses(contact: Contact) -> list[Any]:
    """Where the contact stands: each name with the roles it has there, by name. One query."""
    found: dict[Any, list[str]] = {}
    rows = contact.domain_contacts.select_related("domain").order_by("domain__domain_name", "domain_id", "pk")
    for row in rows:
        found.setdefault(row.domain, []).append(row.get_contact_role_display())
    return list(found.items())

"""What pages ask about people and contacts."""

from typing import Any

from django.db.models import Q

from customers.models import Contact, ContactQuerySet, Customer, Membership, User


def customer_of(user: User) -> Customer | None:
    """The customer a user acts for: of several, the first they joined. One query."""
    return Customer.objects.filter(memberships__user=user).order_by("memberships__id").first()


def role_of(user: User, customer: Customer) -> str:
    """What the user is for this customer; empty if nothing. One query."""
    return Membership.objects.filter(user=user, customer=customer).values_list("role", flat=True).first() or ""


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

"""What can be done to a contact. Each is one gesture; none is done twice by a second click."""

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from macaw.kernel.errors import Missing, Stale
from macaw.kernel.writing import Actor, writing


def find(customer: Customer, pk: int) -> Contact:
    """One of the customer's own, with the number of names that use it; another's is missing, like one that never was."""
    found = Contact.objects.of(customer).with_uses().filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def add(*, actor: Actor, contact: Contact, request_id: str = "") -> Contact:
    """The new contact, or the one that the same form made before."""
    try:
        with writing(actor, "contact.added", request_id=request_id):
            contact.save(force_insert=True)
    except IntegrityError:
        made = Contact.objects.of(contact.customer).filter(creation_key=contact.creation_key).first()
        if made is None:
            raise
        return made
    return contact


def change(*, actor: Actor, contact: Contact, seen: int, request_id: str = "") -> None:
    """Save over the version that was seen, or raise `Stale`."""
    with writing(actor, "contact.changed", request_id=request_id):
        contact.save_over(seen)


def remove(*, actor: Actor, contact: Contact, seen: int, request_id: str = "") -> None:
    """Delete the version that was seen, unless a name uses it."""
    try:
        with writing(actor, "contact.removed", request_id=request_id):
            removed, _kinds = Contact.objects.of(contact.customer).filter(pk=contact.pk, version=seen).delete()
    except ProtectedError:
        raise Stale(_("A name uses this contact by now")) from None
    if not removed:
        raise Stale

"""The pages of a customer's people."""

from customers.views.acting import act_for
from customers.views.contact_sheets import contacts_export, contacts_import
from customers.views.contacts import contact, contact_delete, contact_edit, contact_new, contacts
from customers.views.customer import customer
from customers.views.invitations import (
    invitation,
    invitation_accept,
    invitation_again,
    invitation_revoke,
    invite,
)
from customers.views.members import member, member_end

__all__ = [
    "act_for",
    "contact",
    "contact_delete",
    "contact_edit",
    "contact_new",
    "contacts",
    "contacts_export",
    "contacts_import",
    "customer",
    "invitation",
    "invitation_accept",
    "invitation_again",
    "invitation_revoke",
    "invite",
    "member",
    "member_end",
]

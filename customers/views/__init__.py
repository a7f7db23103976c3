"""The pages of a customer's people."""

from customers.views.contact_sheets import contacts_export, contacts_import
from customers.views.contacts import contact, contact_delete, contact_edit, contact_new, contacts

__all__ = [
    "contact",
    "contact_delete",
    "contact_edit",
    "contact_new",
    "contacts",
    "contacts_export",
    "contacts_import",
]

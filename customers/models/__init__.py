"""People, the customers they act for, and the contacts those customers use."""

from customers.models.contact import Contact, ContactQuerySet
from customers.models.customer import Customer, Membership
from customers.models.invitation import Invitation
from customers.models.session import Confirmation, Session
from customers.models.user import User
from customers.models.visit import Visit

__all__ = [
    "Confirmation",
    "Contact",
    "ContactQuerySet",
    "Customer",
    "Invitation",
    "Membership",
    "Session",
    "User",
    "Visit",
]

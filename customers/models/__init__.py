"""People, the customers they act for, and the contacts those customers use."""

from customers.models.contact import Contact
from customers.models.customer import Customer, Membership
from customers.models.session import Confirmation, Session
from customers.models.user import User

__all__ = ["Confirmation", "Contact", "Customer", "Membership", "Session", "User"]

"""A request that the login let in: what a view may rely on."""

from django.http import HttpRequest

from customers.models import Customer, Membership, User, Visit


class PersonRequest(HttpRequest):
    user: User  # never anonymous here
    memberships: list[Membership]  # all customers the person can act for
    membership: Membership | None  # the one that counts now
    customer: Customer | None
    visit: Visit | None  # staff looking at the portal as a customer sees it
    id: str


class CustomerRequest(PersonRequest):
    """One whose person acts for a customer: what a view behind `rights.needs` may rely on."""

    membership: Membership
    customer: Customer

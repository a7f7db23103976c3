"""A request that the login let in: what a view may rely on."""

from django.http import HttpRequest

from customers.models import Customer, User


class PersonRequest(HttpRequest):
    user: User  # never anonymous here
    customer: Customer | None
    id: str


class CustomerRequest(PersonRequest):
    """One whose person acts for a customer: what a view behind `rights.needs` may rely on."""

    customer: Customer
    role: str

"""A request that the login let in: what a view may rely on."""

from django.http import HttpRequest

from customers.models import Customer, User


class PersonRequest(HttpRequest):
    user: User  # never anonymous here
    customer: Customer | None
    id: str

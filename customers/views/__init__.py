"""The pages of a customer's people."""

from customers.views.acting import act_for
from customers.views.customer import customer
from customers.views.members import member, member_end

__all__ = [
    "act_for",
    "customer",
    "member",
    "member_end",
]

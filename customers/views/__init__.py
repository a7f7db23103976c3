"""The pages of a customer's people."""

from customers.views.acting import act_for
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
    "customer",
    "invitation",
    "invitation_accept",
    "invitation_again",
    "invitation_revoke",
    "invite",
    "member",
    "member_end",
]

"""What a person may do for a customer: their role must cover it, and the customer's status must allow it."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from customers import queries
from customers.models import Customer, Membership
from customers.requests import CustomerRequest
from macaw.kernel.errors import Missing, NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[CustomerRequest, P], HttpResponseBase]


class Act(StrEnum):
    LOOK = "look"  # at names, contacts, papers and activity; export them
    CHANGE_CONTACTS = "change_contacts"
    CHANGE_NAMES = "change_names"  # locks, nameservers, auto-renew, privacy
    ORDER = "order"  # register, renew, transfer in, restore
    TRANSFER_OUT = "transfer_out"  # unlock for it, and see the auth code
    PAY = "pay"
    CHANGE_MEMBERS = "change_members"
    CLOSE = "close"


ROLES: dict[str, frozenset[Act]] = {
    Membership.Role.OWNER: frozenset(Act),
    Membership.Role.MANAGER: frozenset(Act) - {Act.CHANGE_MEMBERS, Act.CLOSE},
    Membership.Role.BILLING: frozenset({Act.LOOK, Act.PAY}),
    Membership.Role.VIEWER: frozenset({Act.LOOK}),
}
STATUSES: dict[str, frozenset[Act]] = {
    Customer.Status.ACTIVE: frozenset(Act),
    Customer.Status.SUSPENDED: frozenset({Act.LOOK, Act.PAY, Act.TRANSFER_OUT}),
    Customer.Status.CLOSED: frozenset(),
}


def may(role: str, status: str, act: Act) -> bool:
    return act in ROLES.get(role, ()) and act in STATUSES[status]


def insist(role: str, customer: Customer, act: Act) -> None:
    """Nothing, or `NotAllowed` with the reason."""
    if may(role, customer.status, act):
        return
    if act not in STATUSES[customer.status]:
        raise NotAllowed(
            _("This customer is %(status)s") % {"status": customer.get_status_display().lower()},
            advice=_("Nothing was changed. Support can tell you why, and what would change it."),
        )
    raise NotAllowed


def needs(act: Act) -> Callable[[View[P]], View[P]]:
    """A view for those who act for a customer and may do this there; for others there is nothing. One query."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: CustomerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.customer is None:
                raise Missing(_("You act for no customer yet"))
            request.role = queries.role_of(request.user, request.customer)
            insist(request.role, request.customer, act)
            return view(request, *args, **kwargs)

        return guarded

    return guard

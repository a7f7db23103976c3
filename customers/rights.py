"""What a person may do for a customer: their role must cover it, and the customer's status must allow it."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Membership
from customers.requests import CustomerRequest
from macaw.kernel.errors import MacawError, Missing, NotAllowed, Words

P = ParamSpec("P")
View = Callable[Concatenate[CustomerRequest, P], HttpResponseBase]


class Act(StrEnum):
    LOOK = "look"  # at names, contacts, money, papers, members and activity; export them
    CHANGE_CONTACTS = "change_contacts"
    CHANGE_NAMES = "change_names"  # locks, nameservers, auto-renew, privacy
    ORDER = "order"  # register, renew, transfer in, restore
    TRANSFER_OUT = "transfer_out"  # unlock for it, and see the auth code
    PAY = "pay"
    CHANGE_CUSTOMER = "change_customer"  # its name and address
    CHANGE_MEMBERS = "change_members"  # invite, change a role, remove
    CLOSE = "close"


ROLES: dict[str, frozenset[Act]] = {
    Membership.Role.OWNER: frozenset(Act),
    Membership.Role.MANAGER: frozenset(Act) - {Act.CHANGE_MEMBERS, Act.CLOSE},
    Membership.Role.BILLING: frozenset({Act.LOOK, Act.PAY}),
    Membership.Role.VIEWER: frozenset({Act.LOOK}),
}
STATUSES: dict[str, frozenset[Act]] = {
    Customer.Status.ACTIVE: frozenset(Act),
    # Whoever can pay must be let in, and letters must arrive, or a suspension would never end.
    Customer.Status.SUSPENDED: frozenset(
        {Act.LOOK, Act.PAY, Act.TRANSFER_OUT, Act.CHANGE_CUSTOMER, Act.CHANGE_MEMBERS}
    ),
    Customer.Status.CLOSED: frozenset(),
}
COVERS: dict[str, Words] = {
    Membership.Role.OWNER: gettext_lazy("Everything: names, contacts, money, members, and closing the customer."),
    Membership.Role.MANAGER: gettext_lazy("Names, contacts and money; not members, and not closing."),
    Membership.Role.BILLING: gettext_lazy("Money: balance, invoices and payments. Looks at names, changes none."),
    Membership.Role.VIEWER: gettext_lazy("Looks at everything, changes nothing."),
}
LEFT: dict[str, Words] = {
    Customer.Status.SUSPENDED: gettext_lazy("%(customer)s is suspended: it can look, pay and move its names away."),
    Customer.Status.CLOSED: gettext_lazy("%(customer)s is closed: nothing can be done for it."),
}


def named() -> list[tuple[Words, Words]]:
    """Each role and what it covers, in words."""
    return [(role.label, COVERS[role]) for role in Membership.Role]


def may(role: str, status: str, act: Act) -> bool:
    return act in ROLES.get(role, ()) and act in STATUSES[status]


def insist(role: str, customer: Customer, act: Act) -> None:
    """Nothing, or `NotAllowed` with the reason and who can."""
    if may(role, customer.status, act):
        return
    if act not in STATUSES[customer.status]:
        raise NotAllowed(
            str(LEFT[customer.status]) % {"customer": customer.name},
            advice=_("Nothing was changed. Support can tell you why, and what would change it."),
        )
    able = [str(each.label) for each in Membership.Role if act in ROLES[each]]
    raise NotAllowed(
        _("Your role does not cover this"),
        advice=_("Nothing was changed. Ask somebody of %(customer)s who may: %(roles)s.")
        % {"customer": customer.name, "roles": ", ".join(able)},
    )


class OtherCustomer(MacawError):
    code = "other_customer"
    status = 409
    title = gettext_lazy("This form was made for another customer than the one you act for now")
    advice = gettext_lazy("Nothing was changed. Load the page again and fill it in for the customer you mean.")


def needs(act: Act, *, post: Act | None = None) -> Callable[[View[P]], View[P]]:
    """A view for those who may do this (by a POST: `post`) for the customer they act for; for others there is nothing.

    A form says for which customer it was made (`{% for_customer %}`), and is refused for any other. No query.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: CustomerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.membership is None:
                raise Missing(_("You act for no customer"))
            sent = request.method == "POST"
            if sent:
                _insist_on_its_customer(request)
            insist(request.membership.role, request.customer, post if sent and post else act)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _insist_on_its_customer(request: CustomerRequest) -> None:
    """Two tabs, one switch: what was typed for one customer is never done for another."""
    meant = request.POST.get("customer", "")
    if meant == str(request.membership.customer_id):
        return
    made_for = next((each.customer.name for each in request.memberships if str(each.customer_id) == meant), "")
    if not made_for:
        raise OtherCustomer
    raise OtherCustomer(
        _("This form was made for %(other)s, and you now act for %(customer)s")
        % {"other": made_for, "customer": request.membership.customer.name},
        advice=_(
            "Nothing was changed, and what you typed is still on the page you came from. "
            "Switch back to %(other)s in another tab, then send it again."
        )
        % {"other": made_for},
    )

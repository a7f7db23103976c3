"""What a person may do for a customer: their role must cover it, and the customer's status must allow it."""

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Membership
from macaw.kernel.errors import NotAllowed, Words


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
LEFT: dict[str, Words] = {
    Customer.Status.SUSPENDED: gettext_lazy("%(customer)s is suspended: it can look, pay and move its names away."),
    Customer.Status.CLOSED: gettext_lazy("%(customer)s is closed: nothing can be done for it."),
}


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

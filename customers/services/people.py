"""What staff do for people who act for no customer yet. Each act has a reason, which stays in the record's history."""

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, LogEntry
from django.utils.translation import gettext as _

from customers import rights
from customers.mailing import notices
from customers.mailing.models import Notice
from customers.models import Customer, Membership, User
from macaw.kernel.errors import Invalid
from macaw.kernel.writing import writing


def link(*, staff: User, user: User, customer: Customer, role: str, reason: str, request_id: str = "") -> Membership:
    """Let somebody act for a customer, and tell them."""
    _insist_on_another(staff, user)
    with writing(staff.actor, "member.linked", request_id=request_id):
        # Held until the transaction ends, as by everybody who changes its members.
        held = Customer.objects.select_for_update().get(pk=customer.pk)
        if held.status == Customer.Status.CLOSED:
            raise Invalid(_("%(customer)s is closed") % {"customer": held.name})
        if held.memberships.filter(user=user).exists():
            raise Invalid(_("%(name)s acts for %(customer)s already") % {"name": user.name, "customer": held.name})
        made = held.memberships.create(user=user, role=role)
        _note(staff, [made], reason)
        _tell(
            Notice.Kind.JOINED,
            user,
            held,
            {"company": held.name, "role": made.get_role_display(), "covers": rights.COVERS[role]},
        )
    return made


def open_customer(
    *, staff: User, user: User, company_name: str | None, email: str, currency: str, reason: str, request_id: str = ""
) -> Customer:
    """Make a customer whose owner this person is, and tell them."""
    _insist_on_another(staff, user)
    with writing(staff.actor, "customer.opened", request_id=request_id):
        made = Customer.objects.create(
            username=_free_name(user.username), company_name=company_name, email=email, currency=currency
        )
        owner = made.memberships.create(user=user, role=Membership.Role.OWNER)
        _note(staff, [made], reason)
        _note(staff, [owner], reason)
        _tell(Notice.Kind.WELCOME, user, made, {"account": made.name})
    return made


def _insist_on_another(staff: User, user: User) -> None:
    if staff == user:
        raise Invalid(_("Nobody gives a customer to themselves"), advice=_("Nothing was changed. Ask a colleague."))


def _free_name(wanted: str) -> str:
    """The login, or the first of `-2`, `-3` … that no customer has."""
    taken = set(Customer.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    number = 1
    while (name := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return name


def _note(staff: User, rows: Iterable[Customer | Membership], reason: str) -> None:
    LogEntry.objects.log_actions(staff.pk, list(rows), ADDITION, reason, single_object=True)


def _tell(kind: str, user: User, customer: Customer, context: dict[str, object]) -> None:
    """By mail and in the portal; of somebody whose address the login does not tell, the page says so."""
    if user.email:
        notices.decide(kind=kind, recipient=user.email, user=user, customer=customer, context=context)

"""Who acts for a customer. A customer has at least one owner at any moment, whoever changes what at once."""

from django.utils.translation import gettext as _

from customers import rights
from customers.models import Customer, Membership
from customers.rights import Act
from macaw.kernel import clock
from macaw.kernel.errors import Invalid, Missing
from macaw.kernel.writing import Actor, writing

Role = Membership.Role


def held(by: Membership) -> Customer:
    """The customer, held against other changes of its members, if the one who asks may still make them."""
    customer, role = _locked(by)
    rights.insist(role, customer, Act.CHANGE_MEMBERS)
    return customer


def change_role(*, actor: Actor, by: Membership, member: int, role: str, request_id: str = "") -> Membership:
    if role not in Role.values:
        raise Invalid(_("There is no such role"))
    with writing(actor, "member.role_changed", request_id=request_id):
        found = _member(held(by), member)
        if role != Role.OWNER:
            _cease_to_own(found)
        found.role = role
        found.save(update_fields=["role"])
    return found


def end(*, actor: Actor, by: Membership, member: int, request_id: str = "") -> Membership:
    """Remove a member. Whoever names themselves leaves, and needs no right for that."""
    leaving = member == by.pk
    with writing(actor, "member.left" if leaving else "member.removed", request_id=request_id):
        customer = _locked(by)[0] if leaving else held(by)
        found = _member(customer, member)
        _cease_to_own(found)
        found.delete()
    return found


def _locked(by: Membership) -> tuple[Customer, str]:
    # Held until the transaction ends: two owners who remove one another at once must not both succeed.
    customer = Customer.objects.select_for_update().get(pk=by.customer_id)
    role = customer.memberships.filter(pk=by.pk).values_list("role", flat=True).first()
    return customer, role or ""


def _member(customer: Customer, key: int) -> Membership:
    found = customer.memberships.select_related("user").filter(pk=key).first()
    if found is None:
        raise Missing
    return found


def _cease_to_own(member: Membership) -> None:
    """Somebody else must be an owner; and the invitations this one sent end with the right to send them."""
    if member.role != Role.OWNER:
        return
    customer = member.customer
    if not customer.memberships.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise Invalid(
            _("%(name)s is the only owner of %(customer)s") % {"name": member.user.name, "customer": customer.name},
            advice=_("Nothing was changed. Make somebody else an owner first."),
        )
    customer.invitations.open().filter(invited_by=member.user_id).update(revoked_at=clock.now())

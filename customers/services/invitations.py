"""Inviting people to act for a customer. A token works once, for seven days, for one role with one customer."""

import hashlib
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import rights
from customers.mailing import notices
from customers.mailing.masks import MASK, secret_of
from customers.mailing.models import Notice
from customers.models import Customer, Invitation, Membership, User
from customers.models.invitation import LASTS
from customers.services import members
from macaw.kernel import clock
from macaw.kernel.errors import Invalid, Missing
from macaw.kernel.writing import Actor, writing


class NoInvitation(Missing):
    """One answer for a token that was guessed, mistyped, used, withdrawn or has expired: which of these is nobody's business."""

    code = "no_invitation"
    title = gettext_lazy("This invitation cannot be used")
    advice = gettext_lazy(
        "It was used or withdrawn, is older than seven days, or the address is incomplete. "
        "Open the newest mail, or ask who invited you to send it again."
    )


def invite(*, actor: Actor, by: Membership, email: str, role: str, request_id: str = "") -> Invitation:
    """Send one. If one to the same address is open, it becomes this one, and its older mail opens nothing any more."""
    email = email.lower()
    with writing(actor, "member.invited", request_id=request_id):
        customer = members.held(by)
        if customer.memberships.filter(user__email__iexact=email).exists():
            raise Invalid(_("A member of %(customer)s has this address already") % {"customer": customer.name})
        found = customer.invitations.open().filter(email=email).first() or Invitation(customer=customer, email=email)
        found.role = role
        return send(found, by)


def again(*, actor: Actor, by: Membership, invitation: int, request_id: str = "") -> Invitation:
    """Send it again, with a new token and seven new days."""
    with writing(actor, "member.invited", request_id=request_id):
        return send(_open(members.held(by), invitation), by)


def revoke(*, actor: Actor, by: Membership, invitation: int, request_id: str = "") -> Invitation:
    with writing(actor, "invitation.revoked", request_id=request_id):
        found = _open(members.held(by), invitation)
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
    return found


def find(token: str) -> Invitation:
    """What this token still opens, or NoInvitation. One query."""
    found = (
        Invitation.objects.usable().filter(token_hash=hashed(token)).select_related("customer", "invited_by").first()
    )
    if found is None:
        raise NoInvitation
    return found


def accept(*, actor: Actor, user: User, token: str, request_id: str = "") -> Membership:
    """Make this user a member, once. A second tab of the same person finds it done; anybody else finds nothing."""
    with writing(actor, "invitation.accepted", request_id=request_id):
        offered = Invitation.objects.filter(token_hash=hashed(token))
        # Held until the transaction ends: of two people with the same mail only one may become a member.
        customer = Customer.objects.select_for_update().filter(pk__in=offered.values("customer")).first()
        known = Membership.objects.filter(user=user, customer=customer).first() if customer else None
        if known and offered.filter(accepted_by=user).exists():
            return known
        found = find(token)
        if known:
            raise Invalid(
                _("You act for %(customer)s already") % {"customer": found.customer.name},
                advice=_("Nothing was changed, and the invitation still works for the person it is meant for."),
            )
        found.accepted_at, found.accepted_by = clock.now(), user
        found.save(update_fields=["accepted_at", "accepted_by"])
        return Membership.objects.create(user=user, customer=found.customer, role=found.role)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _open(customer: Customer, key: int) -> Invitation:
    found = customer.invitations.open().filter(pk=key).first()
    if found is None:
        raise Missing
    return found


def send(invitation: Invitation, by: Membership) -> Invitation:
    """A step, inside the caller's transaction: a new token, seven new days, and the mail that holds it."""
    occasion = f"invitation:{uuid4()}"
    invitation.token_hash = hashed(secret_of(occasion))
    invitation.invited_by = by.user
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation.sent_at + LASTS
    invitation.save()
    notices.decide(
        kind=Notice.Kind.INVITATION,
        recipient=invitation.email,
        customer=invitation.customer,
        language=by.user.language,
        context={
            "inviter": by.user.name,
            "inviter_email": by.user.email,
            "company": invitation.customer.name,
            "role": invitation.get_role_display(),
            "covers": rights.COVERS[invitation.role],
            "expires_at": invitation.expires_at,
            "token": MASK,
        },
        dedupe_key=occasion,
    )
    return invitation

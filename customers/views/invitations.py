"""Invitations: sent, sent again and withdrawn by owners; shown to whoever has the token; accepted by whoever is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import rights
from customers.forms.invitation import InvitationForm
from customers.login import acting
from customers.requests import CustomerRequest, PersonRequest
from customers.rights import Act
from customers.services import invitations
from macaw.kernel.errors import Invalid
from macaw.kernel.limits import spend
from macaw.kernel.requests import client_address


@require_http_methods(["GET", "HEAD", "POST"])
@rights.needs(Act.CHANGE_MEMBERS)
def invite(request: CustomerRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        spend("invite", request)
        try:
            sent = invitations.invite(**_asked(request), **form.cleaned_data)
        except Invalid as refused:
            form.add_error("email", str(refused.message))
        else:
            return _told(request, _("An invitation is on its way to %(email)s."), sent.email)
    facts = {"form": form, "covers": rights.named()}
    return render(request, "customers/invite.html", facts, status=422 if form.errors else 200)


@require_POST
@rights.needs(Act.CHANGE_MEMBERS)
def invitation_again(request: CustomerRequest, pk: int) -> HttpResponse:
    spend("invite", request)
    sent = invitations.again(**_asked(request), invitation=pk)
    return _told(
        request, _("A new invitation is on its way to %(email)s; the older mail opens nothing any more."), sent.email
    )


@require_POST
@rights.needs(Act.CHANGE_MEMBERS)
def invitation_revoke(request: CustomerRequest, pk: int) -> HttpResponse:
    ended = invitations.revoke(**_asked(request), invitation=pk)
    return _told(request, _("The invitation to %(email)s is withdrawn."), ended.email)


@require_safe
@never_cache
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. It changes nothing and knows nobody; one query."""
    spend("invitation", address=client_address(request))
    found = invitations.find(token)
    return render(
        request, "customers/invitation.html", {"invitation": found, "covers": rights.COVERS[found.role], "token": token}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_accept(request: PersonRequest, token: str) -> HttpResponse:
    """The same for who is signed in, and the button."""
    spend("invitation", address=client_address(request))
    if request.method == "POST":
        made = invitations.accept(actor=request.user.actor, user=request.user, token=token, request_id=request.id)
        acting.pick(request, made)
        messages.success(request, _("You now act for %(customer)s.") % {"customer": made.customer.name})
        return HttpResponseRedirect(reverse("customer"), status=303)
    found = invitations.find(token)
    known = next((each for each in request.memberships if each.customer_id == found.customer_id), None)
    facts = {"invitation": found, "covers": rights.COVERS[found.role], "token": token, "known": known}
    return render(request, "customers/invitation_accept.html", facts)


def _asked(request: CustomerRequest) -> dict[str, Any]:
    return {"actor": request.user.actor, "by": request.membership, "request_id": request.id}


def _told(request: CustomerRequest, words: str, email: str) -> HttpResponse:
    messages.success(request, words % {"email": email})
    return HttpResponseRedirect(reverse("customer"), status=303)

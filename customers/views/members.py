"""One member: their role, and the end of their membership."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import rights
from customers.models import Membership
from customers.requests import CustomerRequest
from customers.rights import Act
from customers.services import members
from macaw.kernel.errors import Missing


@require_http_methods(["GET", "HEAD", "POST"])
@rights.needs(Act.LOOK, post=Act.CHANGE_MEMBERS)
def member(request: CustomerRequest, pk: int) -> HttpResponse:
    """One query. A POST sets the role."""
    if request.method == "POST":
        changed = members.change_role(**_asked(request, pk), role=request.POST.get("role", ""))
        words = {"name": changed.user.name, "role": changed.get_role_display()}
        messages.success(request, _("%(name)s now has the role “%(role)s”.") % words)
        return HttpResponseRedirect(reverse("customer"), status=303)
    found = request.customer.memberships.select_related("user").filter(pk=pk).first()
    if found is None:
        raise Missing
    may_manage = rights.may(request.membership.role, request.customer.status, Act.CHANGE_MEMBERS)
    facts = {"member": found, "roles": Membership.Role.choices, "may_manage": may_manage}
    return render(request, "customers/member.html", facts)


@require_POST
@rights.needs(Act.LOOK)
def member_end(request: CustomerRequest, pk: int) -> HttpResponse:
    """Leaving is everybody's own; to remove another is checked by the service, under its lock."""
    found = members.end(**_asked(request, pk))
    words = {"name": found.user.name, "customer": request.customer.name}
    if found.user_id == request.user.pk:
        messages.success(request, _("You no longer act for %(customer)s.") % words)
        return HttpResponseRedirect(reverse("home"), status=303)
    messages.success(request, _("%(name)s no longer acts for %(customer)s.") % words)
    return HttpResponseRedirect(reverse("customer"), status=303)


def _asked(request: CustomerRequest, pk: int) -> dict[str, Any]:
    return {"actor": request.user.actor, "by": request.membership, "member": pk, "request_id": request.id}

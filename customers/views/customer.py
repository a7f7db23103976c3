"""The page of the customer one acts for: what it is called, what it has, and who acts for it."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import queries, rights
from customers.forms.customer import CustomerForm
from customers.requests import CustomerRequest
from customers.rights import Act
from macaw.kernel.writing import writing


@require_http_methods(["GET", "HEAD", "POST"])
@rights.needs(Act.LOOK, post=Act.CHANGE_CUSTOMER)
def customer(request: CustomerRequest) -> HttpResponse:
    """Two queries for the team and whom it invited, however many they are."""
    form = CustomerForm(request.POST or None, instance=copy(request.customer))  # a refused name must not show elsewhere
    if form.is_valid():
        with writing(request.user.actor, "customer.changed", request_id=request.id):
            form.instance.save(update_fields=form.changed_data)  # and no more: money may move meanwhile
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("customer"), status=303)
    facts = {
        "form": form,
        "team": queries.team(request.customer),
        "invitations": queries.invited(request.customer),
        "may_change": _may(request, Act.CHANGE_CUSTOMER),
        "may_manage": _may(request, Act.CHANGE_MEMBERS),
    }
    return render(request, "customers/customer.html", facts, status=422 if form.errors else 200)


def _may(request: CustomerRequest, act: Act) -> bool:
    return rights.may(request.membership.role, request.customer.status, act)

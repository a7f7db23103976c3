"""The staff's pages about people: who waits for a customer, and looking at the portal as a customer sees it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries
from customers.forms.desk import LinkForm, OpenForm, ReasonForm
from customers.login import acting
from customers.login.roles import insist_on, staff_only
from customers.models import Customer, User
from customers.requests import PersonRequest
from customers.services import people, visits
from macaw.kernel.errors import Invalid

PAGE, FOUND = 50, 20


@require_safe
@staff_only
def desk_people(request: PersonRequest) -> HttpResponse:
    """Who acts for no customer, fifty a page. Two queries."""
    page = Paginator(queries.unlinked(), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/people.html", {"page": page, **_around(page, "?page=")})


@require_safe
@staff_only
def desk_person(request: PersonRequest, pk: int) -> HttpResponse:
    """One of them, and customers to link them to. At most three queries."""
    return _person(request, get_object_or_404(User, pk=pk), LinkForm(), OpenForm())


@require_POST
@staff_only
def desk_link(request: PersonRequest, pk: int) -> HttpResponse:
    insist_on(request.user, "customers.add_membership")
    user, form = get_object_or_404(User, pk=pk), LinkForm(request.POST)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            made = people.link(
                staff=request.user, user=user, customer=facts.pop("number"), request_id=request.id, **facts
            )
        except Invalid as refused:
            form.add_error(None, str(refused.message))
        else:
            return _told(request, user, made.customer)
    return _person(request, user, form, OpenForm(), status=422)


@require_POST
@staff_only
def desk_open(request: PersonRequest, pk: int) -> HttpResponse:
    insist_on(request.user, "customers.add_customer")
    user, form = get_object_or_404(User, pk=pk), OpenForm(request.POST)
    if form.is_valid():
        try:
            made = people.open_customer(staff=request.user, user=user, request_id=request.id, **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused.message))
        else:
            return _told(request, user, made)
    return _person(request, user, LinkForm(), form, status=422)


@require_safe
@staff_only
def desk_customers(request: PersonRequest) -> HttpResponse:
    """Customers, found by name, login or address; fifty a page. Two queries."""
    query = request.GET.get("q", "").strip()
    page = Paginator(queries.customers(query), PAGE).get_page(request.GET.get("page"))
    facts = {"query": query, "page": page, "may_visit": acting.may_visit(request.user)}
    return render(request, "desk/customers.html", facts | _around(page, f"?{urlencode({'q': query})}&page="))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def desk_visit(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks why, and then shows the portal as this customer sees it."""
    insist_on(request.user, acting.VISITORS)
    customer, form = get_object_or_404(Customer, pk=pk), ReasonForm(request.POST or None)
    if form.is_valid():
        visit = visits.begin(staff=request.user, customer=pk, reason=form.cleaned_data["reason"], request_id=request.id)
        acting.visit(request, visit)
        return HttpResponseRedirect(reverse("home"), status=303)
    return render(request, "desk/visit.html", {"customer": customer, "form": form}, status=422 if form.errors else 200)


@require_POST
@staff_only
def desk_visit_end(request: PersonRequest) -> HttpResponse:
    visit = acting.leave(request)
    if visit:
        visits.end(staff=request.user, visit=visit, request_id=request.id)
    messages.success(request, _("You are yourself again."))
    return HttpResponseRedirect(reverse("desk_customers"), status=303)


def _person(request: PersonRequest, user: User, link: LinkForm, opening: OpenForm, status: int = 200) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    facts = {
        "person": user,
        "memberships": queries.memberships_of(user),
        "query": query,
        "again": urlencode({"q": query}),
        "found": queries.customers(query).exclude(status=Customer.Status.CLOSED)[:FOUND] if query else [],
        "link": link,
        "opening": opening,
        "may_link": request.user.has_perm("customers.add_membership"),
        "may_open": request.user.has_perm("customers.add_customer"),
    }
    return render(request, "desk/person.html", facts, status=status)


def _told(request: PersonRequest, user: User, customer: Customer) -> HttpResponse:
    words = {"name": user.name, "customer": customer.name}
    messages.success(request, _("%(name)s now acts for %(customer)s.") % words)
    if not user.email:
        messages.warning(request, _("%(name)s has no mail address here and was not told.") % words)
    return HttpResponseRedirect(reverse("desk_people"), status=303)


def _around(page: Page[Any], here: str) -> dict[str, str]:
    return {
        "previous": f"{here}{page.number - 1}" if page.has_previous() else "",
        "next": f"{here}{page.number + 1}" if page.has_next() else "",
    }

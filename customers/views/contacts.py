"""Contacts: the list, the page of one, and the forms that make, change and delete it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import queries
from customers.forms.contacts import ContactEditForm, ContactForm, NewContactForm, written
from customers.models import Contact
from customers.requests import CustomerRequest
from customers.rights import Act, may, needs
from customers.services import contacts as service
from macaw.kernel.errors import Invalid, Stale
from macaw.kernel.http import render_part

PAGE = 50
LONGEST_QUERY, LONGEST_NUMBER = 100, 18
ONLY_FIT = "country"  # the value of `act` that asks for the fields of another country and saves nothing


@require_safe
@needs(Act.LOOK)
def contacts(request: CustomerRequest) -> HttpResponse:
    """By name, fifty a page; two queries."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    use = request.GET.get("use", "")
    found = queries.contacts(request.customer, text=text, use=use if use in Contact.Type.values else "")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    here = f"{request.path}?{urlencode({'q': text, 'use': use})}&page="
    facts = {
        "text": text,
        "use": use,
        "uses": Contact.Type.choices,
        "page": page,
        "previous": f"{here}{page.number - 1}" if page.has_previous() else "",
        "next": f"{here}{page.number + 1}" if page.has_next() else "",
        "may_change": _may_change(request),
    }
    return render_part(request, "customers/contacts.html", "list", facts)


@require_safe
@needs(Act.LOOK)
def contact(request: CustomerRequest, pk: int) -> HttpResponse:
    """One contact and the names that use it; two queries."""
    found = service.find(request.customer, pk)
    facts = {"contact": found, "uses": queries.uses(found), "may_change": _may_change(request)}
    return render(request, "customers/contact.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.CHANGE_CONTACTS)
def contact_new(request: CustomerRequest) -> HttpResponse:
    """An empty form, or with `from` a copy of another contact; one query."""
    fresh = Contact(customer=request.customer)
    if request.method != "POST":
        return _form(request, NewContactForm(instance=fresh, initial=_suggested(request)))
    form = NewContactForm(request.POST, instance=fresh, judge=_is_judged(request))
    if not (form.is_valid() and form.judge):
        return _form(request, form)
    fresh.creation_key = form.cleaned_data["key"]
    made = service.add(actor=request.user.actor, contact=fresh, request_id=request.id)
    if not form.says(made):
        form.renew(
            _("This form has made a contact already. Send it once more, and what is in it now makes another one.")
        )
        return _form(request, form)
    messages.success(request, _("%(name)s was added.") % {"name": made})
    return HttpResponseRedirect(reverse("contact", args=[made.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.CHANGE_CONTACTS)
def contact_edit(request: CustomerRequest, pk: int) -> HttpResponse:
    """One query to show; the second of two who edit at once is shown what the first one changed."""
    stored = service.find(request.customer, pk)
    if request.method != "POST":
        return _form(request, ContactEditForm(instance=stored), stored)
    form = ContactEditForm(request.POST, instance=stored, judge=_is_judged(request))
    if not (form.is_valid() and form.judge):
        return _form(request, form, service.find(request.customer, pk))
    try:
        seen = form.cleaned_data["seen"]
        service.change(actor=request.user.actor, contact=stored, seen=seen, request_id=request.id)
    except Stale:
        now = service.find(request.customer, pk)
        if not form.says(now):
            return _conflict(request, form, now)
    messages.success(request, _("%(name)s was saved.") % {"name": stored})
    return HttpResponseRedirect(reverse("contact", args=[pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.CHANGE_CONTACTS)
def contact_delete(request: CustomerRequest, pk: int) -> HttpResponse:
    """Asks first; a contact that names use is not deleted, and the page says where it is used. Two queries to show."""
    found = service.find(request.customer, pk)
    uses = queries.uses(found)
    if request.method != "POST" or uses:
        status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
        return render(request, "customers/contact_delete.html", {"contact": found, "uses": uses}, status=status)
    seen = _number(request.POST.get("seen", ""))
    if seen is None:
        raise Invalid
    service.remove(actor=request.user.actor, contact=found, seen=seen, request_id=request.id)
    messages.success(request, _("%(name)s was deleted.") % {"name": found})
    return HttpResponseRedirect(reverse("contacts"), status=303)


def _form(request: CustomerRequest, form: ContactForm, stored: Contact | None = None, **facts: Any) -> HttpResponse:
    """The form as it is, with what is wrong in it where it was judged."""
    refused = form.is_bound and form.judge
    status = facts.pop("status", HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)
    facts |= {"form": form, "contact": stored, "here": request.path, "only_fit": ONLY_FIT}
    return render_part(request, "customers/contact_form.html", "fields", facts, status)


def _conflict(request: CustomerRequest, form: ContactEditForm, now: Contact) -> HttpResponse:
    differences = form.differences(now)
    return _form(request, form.over(now), service.find(request.customer, now.pk), differences=differences, status=409)


def _is_judged(request: CustomerRequest) -> bool:
    return request.POST.get("act") != ONLY_FIT


def _may_change(request: CustomerRequest) -> bool:
    return may(request.membership.role, request.customer.status, Act.CHANGE_CONTACTS)


def _suggested(request: CustomerRequest) -> dict[str, Any]:
    """What a new contact starts with: a copy, or at least the country of the last one."""
    original = _number(request.GET.get("from", ""))
    if original is not None:
        return written(service.find(request.customer, original))
    last = Contact.objects.of(request.customer).order_by("-pk").first()
    return {"country_code": last.country_code if last else "", "contact_type": Contact.Type.REGISTRANT}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None

"""The demo's people: a page to pick one and be them. Where MACAW_DEMO is not set, there is no such page."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.login import sessions
from customers.models import User
from macaw.kernel.errors import Invalid, Missing
from macaw.kernel.http import own_path
from macaw.kernel.limits import spend
from macaw.kernel.writing import writing

ISSUER = "demo"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def personas(request: HttpRequest) -> HttpResponse:
    """Three queries to show, and one more for who is in already."""
    if not settings.MACAW_DEMO:
        raise Missing
    if request.method == "POST":
        return _let_in(request)
    facts = {"people": _people().prefetch_related("memberships__customer"), "next": request.GET.get("next", "")}
    return render(request, "customers/personas.html", facts)


def _people() -> QuerySet[User]:
    return User.objects.filter(issuer=ISSUER, is_active=True).order_by("pk")


def _let_in(request: HttpRequest) -> HttpResponse:
    spend("login", request)
    person = _people().filter(username=request.POST.get("person", "")).first()
    if person is None:
        raise Invalid(_("There is no such person in this demo."))
    with writing(person.actor, "session.started", request_id=getattr(request, "id", "")):
        auth.login(request, person)
        sessions.note(request, now=True)
    return HttpResponseRedirect(own_path(request, request.POST.get("next", "")) or reverse("home"), status=303)

"""Pages that only read."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.requests import PersonRequest
from macaw import errors
from macaw.help import page as help_facts
from macaw.home import page as home_facts
from macaw.jump import find
from macaw.kernel.errors import Missing
from macaw.kernel.http import render_part
from macaw.kernel.limits import spend
from macaw.shell import Shell
from macaw.states import page as state_facts

LONGEST_QUERY = 100


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Ten queries at most, however many names there are."""
    return render(request, "macaw/home.html", home_facts(request.user, request.customer, request.visit))


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "macaw/help.html", help_facts() | {"support_email": settings.MACAW_SUPPORT_EMAIL})


@require_safe
def jump(request: PersonRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if query:
        spend("search", request)
    groups = find(request.user, request.customer, Shell(request).doors, query)
    return render_part(request, "macaw/jump.html", "results", {"query": query, "groups": groups})


@require_safe
def states(request: PersonRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Missing
    return render(request, "macaw/states.html", state_facts())


@require_safe
@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    return errors.respond(request, errors.SignedOut())

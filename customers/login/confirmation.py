"""Asks once more before an act that would harm if it were somebody else's: one confirmation, ten minutes, one act of one kind.

The page stands under /secure/, where the login portal asks for a second factor. What was typed waits in the session meanwhile.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.login import sessions
from customers.models import Confirmation, User
from macaw.kernel import clock
from macaw.kernel.errors import Invalid
from macaw.kernel.http import own_path, wants_part
from macaw.kernel.writing import writing

Kind = Confirmation.Kind
GOOD_FOR = timedelta(minutes=10)
LARGEST = 20_000  # characters of a form that may wait
WAITING = "waiting_form"  # its place in the session


class Unconfirmed(Exception):
    """Raised by `require`; LoginMiddleware leads to the page that asks."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        super().__init__(kind)


def require(request: HttpRequest, kind: Kind) -> None:
    """Spend a confirmation of this kind, exactly one, or raise Unconfirmed. Call it when all else about the form is sound."""
    given = Confirmation.objects.filter(session=sessions.current(request), kind=kind, expires_at__gt=clock.now())
    with writing(_user(request).actor, "confirmation.spent", request_id=_id(request)):
        spent, _by_model = given.delete()  # of two at once, one finds the row
    if not spent:
        if sum(len(name) + len(value) for name, value in _typed(request)) > LARGEST:
            raise Invalid(_("This form is too long to wait for your confirmation."))
        raise Unconfirmed(kind)
    request.session.pop(WAITING, None)


def ask(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Lead to the page that asks, and keep what was typed until it has."""
    request.session[WAITING] = {
        "kind": str(kind),
        "path": request.get_full_path(),
        "fields": _typed(request),
        "at": clock.now().isoformat(),
    }
    page = reverse("confirm")
    if wants_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return HttpResponseRedirect(page, status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks; once it was confirmed, offers to send what waited. One query beside those of every page."""
    waiting = _waiting(request)
    here = sessions.current(request)
    if request.method == "POST":
        if waiting is None:
            raise Invalid(_("Nothing waits for your confirmation any more."))
        with writing(_user(request).actor, "confirmation.given", request_id=_id(request)):
            Confirmation.objects.update_or_create(
                session_id=here, kind=waiting["kind"], defaults={"expires_at": clock.now() + GOOD_FOR}
            )
        return HttpResponseRedirect(reverse("confirm"), status=303)
    facts: dict[str, Any] = {"waiting": waiting}
    if waiting is not None:
        given = Confirmation.objects.filter(session=here, kind=waiting["kind"], expires_at__gt=clock.now())
        facts |= {"given": given.exists(), "what": Kind(waiting["kind"]).label}
    return render(request, "customers/confirm.html", facts)


def _waiting(request: HttpRequest) -> Mapping[str, Any] | None:
    """The form that waits in this session, unless it did so for too long or leads elsewhere."""
    found = request.session.get(WAITING)
    if (
        found is None
        or clock.now() - sessions.moment_of(found, "at") > GOOD_FOR
        or not own_path(request, found["path"])
    ):
        return None
    return cast(Mapping[str, Any], found)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form, each value by itself, without the token that every form gets anew."""
    lists = request.POST.lists()
    return [(name, value) for name, values in lists for value in values if name != "csrfmiddlewaretoken"]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _id(request: HttpRequest) -> str:
    return str(getattr(request, "id", ""))

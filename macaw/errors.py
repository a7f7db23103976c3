"""Shows what went wrong: a page, a note for htmx, or JSON, each with its code and the request's id."""

import sys
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from macaw.kernel import requests
from macaw.kernel.errors import Invalid, MacawError, Missing, NotAllowed, Unavailable
from macaw.kernel.http import own_path, wants_part
from macaw.shell import chosen_theme

log = structlog.get_logger("macaw.request")
ICONS = {401: "log-in", 403: "lock", 404: "search", 409: "history", 429: "clock", 503: "server"}
RETRY_SECONDS = 30


class SignedOut(MacawError):
    code = "signed_out"
    status = 401
    title = _("You are signed out")
    advice = _("Sign in again; what you typed is still on the page you came from.")


class Forged(NotAllowed):
    code = "forged"
    title = _("This form came from somewhere else, or is too old")
    advice = _("Nothing was changed. Go back, load the page again and send it once more.")


def respond(request: HttpRequest, error: MacawError, *, in_shell: bool = True) -> HttpResponse:
    """The answer for one error. Where the shell cannot be built, it needs neither the database nor a session."""
    response: HttpResponse
    if wants_part(request):
        response = HttpResponse(render_to_string("errors/note.html", _facts(request, error)), status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#page-note", "innerHTML"
    elif request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        body = {"code": error.code, "message": str(error.message), "next": str(error.next_step)}
        response = JsonResponse(body | {"request_id": requests.current_id.get()}, status=error.status)
    else:
        response = _page(request, error, in_shell=in_shell)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return response


def _page(request: HttpRequest, error: MacawError, *, in_shell: bool) -> HttpResponse:
    facts = _facts(request, error)
    if in_shell:
        try:
            return render(request, "errors/page.html", facts, status=error.status)
        except Exception as failure:  # whatever the shell failed on, the person still gets an answer
            log.warning("error.bare", exc_info=failure)
    return HttpResponse(render_to_string("errors/bare.html", facts), status=error.status)


def _facts(request: HttpRequest, error: MacawError) -> dict[str, Any]:
    return {
        "error": error,
        "icon_name": ICONS.get(error.status, "circle-alert"),
        "request_id": requests.current_id.get(),
        "support_email": settings.MACAW_SUPPORT_EMAIL,
        "sign_in": _way_back(request) if isinstance(error, SignedOut) else "",
        "home": reverse("home"),
        "theme": chosen_theme(request),
    }


def _way_back(request: HttpRequest) -> str:
    """Where signing in leads: the page that was asked for, if it is ours. Asking for it anew is what starts a login."""
    return own_path(request, request.GET.get("next", "")) or reverse("home")


def explained(failure: BaseException | None) -> MacawError:
    """Our words for any exception; one that nobody foresaw is logged with its trace."""
    if isinstance(failure, MacawError):
        log.info("request.refused", code=failure.code, message=str(failure.message))
        return failure
    if isinstance(failure, OperationalError | InterfaceError):
        log.error("request.unavailable", exc_info=failure)
        return Unavailable(retry_after=RETRY_SECONDS)
    log.error("request.failed", exc_info=failure)
    return MacawError()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return respond(request, Forged())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    error = Invalid()
    error.status = 400  # as Django answers a request it could not read
    return respond(request, error)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The login denies with an error of ours inside, before there is a view that could raise it."""
    inside = exception.args[0] if exception.args else None
    return respond(request, inside if isinstance(inside, MacawError) else NotAllowed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view caught, and what middleware raised: Django calls this while the exception is being handled."""
    error = explained(sys.exc_info()[1])
    return respond(request, error, in_shell=not isinstance(error, Unavailable))

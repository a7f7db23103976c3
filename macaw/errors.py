"""Shows what went wrong: a page, a note for htmx, or JSON, each with its code and the request's id."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from macaw.kernel import requests
from macaw.kernel.errors import Invalid, MacawError, Missing, NotAllowed
from macaw.kernel.http import wants_part


class SignedOut(MacawError):
    code = "signed_out"
    status = 401
    title = _("You are signed out")
    advice = _("Sign in again; what you typed is still on the page you came from.")


class Forged(NotAllowed):
    code = "forged"
    title = _("This form came from somewhere else, or is too old")
    advice = _("Nothing was changed. Go back, load the page again and send it once more.")


def respond(request: HttpRequest, error: MacawError) -> HttpResponse:
    """The answer for one error. It needs neither the database nor a session, so it works when those are what failed."""
    context: dict[str, Any] = {"error": error, "request_id": requests.current_id.get()}
    response: HttpResponse
    if request.accepts("text/html") or getattr(request, "htmx", False):
        template = "errors/note.html" if wants_part(request) else "errors/page.html"
        try:
            response = render(request, template, context, status=error.status)
        except Exception:  # noqa: BLE001  # the page itself failed, most likely with the database: say it without a context
            response = HttpResponse(render_to_string("errors/bare.html", context), status=error.status)
    else:
        body = {"code": error.code, "message": str(error.message), "next": str(error.next_step)}
        response = JsonResponse(body | {"request_id": context["request_id"]}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return respond(request, Forged())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    error = Invalid()
    error.status = 400  # as Django answers a malformed request
    return respond(request, error)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    return respond(request, MacawError())

"""Turns what views raise into answers, and carries messages into answers that are only a part of a page."""

from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from customers.login.roles import is_staff_page
from macaw import errors
from macaw.kernel.errors import MacawError, NotAllowed, Unavailable
from macaw.kernel.http import wants_part

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class OnlyLooking(NotAllowed):
    code = "only_looking"
    title = _("You are only looking")
    advice = _("Nothing was changed. You see the portal as the customer does; press Stop to be yourself again.")


class ErrorMiddleware:
    """Answers the errors we can explain. All others go on to Django, which ends at `errors.server_error`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MacawError | OperationalError | InterfaceError):
            return None
        error = errors.explained(exception)
        return errors.respond(request, error, in_shell=not isinstance(error, Unavailable))


class VisitMiddleware:
    """Staff who see the portal as a customer does change nothing there. Their own pages are theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        visit = getattr(request, "visit", None)
        if visit is None or request.method in SAFE or is_staff_page(request, view):
            return None
        return errors.respond(request, OnlyLooking())


class ToastMiddleware:
    """Messages of an htmx request arrive with its answer, as toasts; otherwise the next whole page shows them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_part(request) and response.status_code < 400 and response.content:  # noqa: PLR2004  # not an error
            messages = get_messages(request)
            if len(messages):
                response.write(render_to_string("components/toasts.html", {"messages": messages}))
        return response

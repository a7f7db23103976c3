"""One id for each request, in its answer and in every log line it causes; one line when it ends."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from macaw.kernel import clock, ids

log = structlog.get_logger("macaw.request")
SECRET_PARTS = {"secret", "token"}  # names of path parts that open something by themselves
HIDDEN = "•"
LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the request comes from that is being answered."""

    address: str
    agent: str


current_id: ContextVar[str] = ContextVar("request_id", default="")
current_origin: ContextVar[Origin | None] = ContextVar("request_origin", default=None)


def client_address(request: HttpRequest) -> str:
    """The peer, or what the nearest of our own proxies says it saw; what a client writes itself is never believed."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    count: int = settings.MACAW_PROXY_COUNT
    if count and len(hops) >= count:
        return str(hops[-count])
    return str(request.META.get("REMOTE_ADDR") or "unix")


def known_user(request: HttpRequest) -> Any:
    """The user, if a view has asked for them; never a look-up of its own, so it works while the database does not."""
    user = getattr(request, "_cached_user", None)  # where Django keeps the user it looked up
    return user if user is not None and user.is_authenticated else None


def shown_path(request: HttpRequest) -> str:
    """The path without the parts that are secrets, such as an invitation's token."""
    path = request.path
    match = request.resolver_match
    for name, value in (match.kwargs if match else {}).items():
        if name in SECRET_PARTS:
            path = path.replace(str(value), HIDDEN)
    return path


class RequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = clock.seconds()
        request_id = ids.request_id()
        request.id = request_id  # type: ignore[attr-defined]  # ours, for templates and services
        token = current_id.set(request_id)
        agent = request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]
        came_from = current_origin.set(Origin(client_address(request), agent))
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                response = self.get_response(request)
                response["X-Request-Id"] = request_id
                self._log(request, response, round((clock.seconds() - started) * 1000))
        finally:
            current_origin.reset(came_from)
            current_id.reset(token)
        return response

    def _log(self, request: HttpRequest, response: HttpResponse, took: int) -> None:
        user = known_user(request)
        write = log.error if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else log.info
        write(
            "request.answered",
            method=request.method,
            path=shown_path(request),
            status=response.status_code,
            ms=took,
            address=client_address(request),
            user=user.get_username() if user else "",
        )

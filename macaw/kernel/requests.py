"""One id for each request, in its answer and in every log line it causes; one line when it ends."""

from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from macaw.kernel import clock, ids

log = structlog.get_logger("macaw.request")
current_id: ContextVar[str] = ContextVar("request_id", default="")


def client_address(request: HttpRequest) -> str:
    """The peer, or what the nearest of our own proxies says it saw; what a client writes itself is never believed."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    count: int = settings.MACAW_PROXY_COUNT
    if count and len(hops) >= count:
        return str(hops[-count])
    return str(request.META.get("REMOTE_ADDR") or "unix")


class RequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = clock.seconds()
        request_id = ids.request_id()
        token = current_id.set(request_id)
        request.id = request_id  # type: ignore[attr-defined]  # ours, for templates and services
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            response["X-Request-Id"] = request_id
            took = round((clock.seconds() - started) * 1000)
            user = getattr(request, "user", None)
            line = {
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": took,
                "address": client_address(request),
                "user": user.get_username() if user is not None and user.is_authenticated else "",
            }
            (log.error if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else log.info)(
                "request.answered", **line
            )
        current_id.reset(token)
        return response

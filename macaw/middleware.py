"""Turns our own errors into answers, and logs the ones nobody expected."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from macaw import errors
from macaw.kernel.errors import MacawError, Unavailable

log = structlog.get_logger("macaw.request")


class ErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, MacawError):
            log.info("request.refused", code=exception.code, message=str(exception.message))
            return errors.respond(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("request.unavailable", exc_info=exception)
            return errors.respond(request, Unavailable(retry_after=30))
        return None

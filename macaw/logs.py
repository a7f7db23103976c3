"""Structured logs: one line an event, with the request's id, and no secret in any of them."""

import logging
import logging.config
import re
from collections.abc import ItemsView, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog
from django.views.debug import SafeExceptionReporterFilter

SHORTEST_SECRET = 8  # below that a mask would tear ordinary words
MASK = "••••••••"
SECRET_NAME = re.compile(
    r"(?i)(pass(word|wd)?|secret|token|api_?key|signature|auth_?code|authorization|cookie|keyring|csrf|session_?key)"
)
# PostgreSQL quotes the failing row in an error's detail; a row holds what people told us in confidence.
ROW_IN_ERROR = re.compile(r"(?m)^(DETAIL:|CONTEXT:) .*$")
EXTRAS = {"status_code"}  # what Django's own records may add; their `request` would print its query string
_secrets: set[str] = set()


def keep_out(values: Iterable[str]) -> None:
    """From now on these values appear in no log line, wherever they stand in it."""
    for value in values:
        if len(value) >= SHORTEST_SECRET:
            _secrets.update((value, quote(value, safe="")))  # as it stands in a URL, too


def masked(value: Any) -> Any:
    """The value without known secrets and without what stands under a secret's name; structures keep their shape."""
    if isinstance(value, str):
        for secret in _secrets:
            value = value.replace(secret, MASK)
        return ROW_IN_ERROR.sub(rf"\1 {MASK}", value)
    if isinstance(value, Mapping):
        return {key: MASK if SECRET_NAME.search(str(key)) else masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [masked(item) for item in value]
    return value if isinstance(value, int | float | bool | None) else masked(str(value))


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: MASK if SECRET_NAME.search(key) else masked(value) for key, value in event.items()}


LOGGERS: dict[str, Any] = {
    "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    "django.request": {"level": "CRITICAL"},  # macaw.errors logs each failure, RequestMiddleware each answer
    "psycopg.pool": {"level": "WARNING"},
}


def configure(style: str, secrets: Iterable[str]) -> None:
    keep_out(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder(allow=EXTRAS)],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _mask, renderer],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"macaw": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "macaw"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": LOGGERS,
        }
    )


class MaskingFilter(SafeExceptionReporterFilter):
    """What Django itself would print of settings, requests and variables in an error report."""

    hidden_settings = SECRET_NAME

    def is_active(self, request: Any) -> bool:
        return True

    def get_safe_cookies(self, request: Any) -> dict[str, str]:
        return dict.fromkeys(request.COOKIES, MASK)

    def get_post_parameters(self, request: Any) -> dict[str, Any]:
        return {} if request is None else dict(masked(request.POST))

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return {name: self.cleanse_setting(name, value) for name, value in tb_frame.f_locals.items()}.items()

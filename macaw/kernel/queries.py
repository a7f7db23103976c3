"""Logs each query that takes too long, without its parameters: those may be personal."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from macaw.kernel import clock

log = structlog.get_logger("macaw.query")
SHOWN = 500


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    started = clock.seconds()
    try:
        return execute(sql, params, many, context)
    finally:
        took = (clock.seconds() - started) * 1000
        if took >= settings.MACAW_SLOW_QUERY_MS:
            log.warning("query.slow", ms=round(took), sql=str(sql)[:SHOWN])


def _watch(sender: object, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def watch() -> None:
    """From now on every connection reports its slow queries."""
    connection_created.connect(_watch, dispatch_uid="macaw.queries")

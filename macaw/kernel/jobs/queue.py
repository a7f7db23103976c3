"""Claiming due rows, and writing down how it went. Every write of a holder names its fence: who lost the lease writes nothing.

Leases run on the database's clock, which all machines share; due times on ours, which tests can hold still (ADR 0007).
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Generic, TypeVar, cast

import structlog
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from macaw.kernel import clock
from macaw.kernel.jobs.models import Leased

L = TypeVar("L", bound=Leased)
log = structlog.get_logger("macaw.jobs")

LEASE = timedelta(seconds=8)
FIRST_RETRY = 5.0  # seconds
LAST_RETRY = 3600.0
CHANNEL = "macaw_work"
SHOWN = 300


class LeaseLost(Exception):
    """The row belongs to another worker by now, or to none; nothing was written."""


class GiveUp(Exception):
    """Raised by work that will never succeed: no further attempt is made."""


class WorkerKiller(Exception):
    """Each attempt ended with its worker's death."""


@dataclass(frozen=True, slots=True)
class Drain(Generic[L]):
    """One queue: the rows of a model, and the function that works on one of them.

    `work` runs outside any transaction. It returns what to set when the row is finished (`due_at` among it keeps the row
    in the queue), or finishes the row itself within its own transaction. What raises is tried again later, `GiveUp` is not.
    A batch is taken by one statement and done by one thread; more than 1 is for work that takes milliseconds.
    `when_idle` is called by each thread when nothing is due: it closes what work keeps open from row to row.
    """

    name: str
    model: type[L]
    work: Callable[[L], Mapping[str, Any] | None]
    batch: int = 1
    threads: int = 1
    when_idle: Callable[[], None] | None = None


# Claims


def claim(model: type[L], worker: str, limit: int = 1) -> list[L]:
    """Take up to `limit` due rows for this worker, oldest first. Who killed too many workers is given up instead."""
    if connection.vendor == "sqlite" and not _any_due(model):
        return []  # an idle poll takes no write lock
    taken = cast(list[L], list(model.objects.raw(_for(model, _CLAIM), _claim_parameters(worker, limit))))
    for row in taken:
        if row.attempts > row.max_attempts:
            give_up(row, WorkerKiller(f"{row.max_attempts} attempts ended with the worker's death."))
    fit = [row for row in taken if row.attempts <= row.max_attempts]
    return sorted(fit, key=lambda row: (row.due_at or row.created_at, row.pk))  # RETURNING keeps no order


def _any_due(model: type[L]) -> bool:
    return bool(model.objects.due().order_by().exists())


# One statement. Of rows that were tried before it takes one at a time, so that a row that kills its worker does not use
# up the attempts of those that were claimed with it.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT {key} AS id, due_at, attempts FROM {table}
    WHERE due_at <= %s AND (lease_until IS NULL OR lease_until < {instant}) ORDER BY due_at LIMIT %s {lock}
), picked AS (
    SELECT id, attempts, row_number() OVER (PARTITION BY attempts = 0 ORDER BY due_at) AS nth FROM due
)
UPDATE {table} SET lease_until = {until}, leased_by = %s, fence = fence + 1, attempts = attempts + 1
WHERE {key} IN (SELECT id FROM picked WHERE attempts = 0 OR nth = 1) RETURNING {columns}
"""
_DIALECTS = {
    "postgresql": {
        "instant": "statement_timestamp()",
        "until": "statement_timestamp() + %s * interval '1 second'",
        "lock": "FOR UPDATE SKIP LOCKED",  # what another worker takes at this instant is not ours
    },
    "sqlite": {
        "instant": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        "until": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
        "lock": "",  # one writer at a time
    },
}


@cache
def _for(model: type[Leased], statement: str) -> str:
    """The statement in the names of this model and the words of this database."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    columns = ", ".join(f"{table}.{quote(str(field.column))}" for field in model._meta.concrete_fields)
    return statement.format(table=table, key=key, columns=columns, **_DIALECTS[connection.vendor])


def _claim_parameters(worker: str, limit: int) -> list[Any]:
    now: Any = connection.ops.adapt_datetimefield_value(clock.now())
    return [now, limit, int(LEASE.total_seconds()), worker]


def renew(model: type[L], worker: str, keys: list[Any]) -> None:
    """Lengthen the leases this worker still has on these rows."""
    QuerySet.update(model.objects.filter(pk__in=keys, leased_by=worker), lease_until=Now() + LEASE)


# Outcomes


def held_by(row: Leased) -> dict[str, Any]:
    """What must still be true for a holder's write to count."""
    return {"fence": row.fence, "leased_by": row.leased_by}


def keep(row: Leased, **fields: Any) -> None:
    """Write fields of a row and go on holding it."""
    if type(row).objects.filter(pk=row.pk, **held_by(row)).update(**fields) != 1:
        raise LeaseLost(_lost(row))


def finish(row: Leased, **fields: Any) -> None:
    """The work is done: nothing more is due, unless `due_at` says when."""
    if fields:
        _settle(row, **({"due_at": None, "attempts": 0, "last_error": ""} | fields))
        return
    with connection.cursor() as cursor:
        cursor.execute(_for(type(row), _FINISH), _finish_parameters(row))
        if cursor.rowcount != 1:
            raise LeaseLost(_lost(row))
    row.settled = True


# The statement that runs most often, by hand: the ORM takes longer to build it than the database to run it.
_FINISH = """
UPDATE {table} SET due_at = NULL, attempts = 0, last_error = '', lease_until = NULL, leased_by = '', updated_at = %s
WHERE {key} = %s AND fence = %s AND leased_by = %s
"""


def _finish_parameters(row: Leased) -> list[Any]:
    now: Any = connection.ops.adapt_datetimefield_value(clock.now())
    return [now, row._meta.pk.get_db_prep_value(row.pk, connection), *held_by(row).values()]


def retry(row: Leased, error: BaseException) -> None:
    """Try again later, ever later; after the last attempt give up."""
    if row.attempts >= row.max_attempts:
        give_up(row, error)
        return
    delay = backoff(row.attempts)
    _settle(row, due_at=clock.now() + timedelta(seconds=delay), last_error=describe(error))
    log.warning("job.retried", **_where(row), attempt=row.attempts, seconds=round(delay, 1), error=describe(error))


def give_up(row: Leased, error: BaseException) -> None:
    """No attempt will help: the row waits for a person."""
    failed = {"due_at": None, "failed_at": clock.now(), "last_error": describe(error)}
    _settle(row, **failed, **type(row).WHEN_GIVEN_UP)
    log.error("job.failed", **_where(row), attempt=row.attempts, error=describe(error))


def release(row: Leased) -> None:
    """Hand back a row that was claimed and not begun."""
    _settle(row, attempts=row.attempts - 1)


def _settle(row: Leased, **fields: Any) -> None:
    keep(row, lease_until=None, leased_by="", **fields)
    row.settled = (
        True  # the instance keeps its fence: should the caller's transaction roll back, it is still the holder
    )


def revive(rows: QuerySet[L]) -> int:
    """A person wants another try of rows that were given up."""
    model = rows.model
    fresh = {"due_at": clock.now(), "failed_at": None, "attempts": 0}
    count = rows.filter(failed_at__isnull=False).update(**fresh, **model.WHEN_REVIVED)
    wake(model)
    return count


def wake(model: type[Leased]) -> None:
    """Tell the workers, once the caller's transaction commits. A hint that may be lost: their poll is the guarantee."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, model._meta.db_table])


def backoff(attempts: int) -> float:
    """Seconds until the next attempt: doubling, at most an hour, and spread so that a crowd does not return as one."""
    delay: float = min(LAST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 20))
    return delay * random.uniform(0.5, 1)  # noqa: S311  # jitter, no secret


def describe(error: BaseException) -> str:
    """One short line that names the error."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:SHOWN]


def _lost(row: Leased) -> str:
    return f"{row._meta.db_table} {row.pk}: another worker has it."


def _where(row: Leased) -> dict[str, Any]:
    return {"table": row._meta.db_table, "row": row.pk, "worker": row.leased_by, "fence": row.fence}

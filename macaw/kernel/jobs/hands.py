"""One thread of one queue: it claims, works, writes down how it went, and outlives whatever happens to the database."""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import structlog
from django.db import Error, connection

from macaw.kernel import clock
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.models import Leased
from macaw.kernel.jobs.queue import Drain, GiveUp, LeaseLost
from macaw.kernel.writing import Actor, writing

log = structlog.get_logger("macaw.jobs")

POLLS = {"postgresql": 1.0, "sqlite": 0.2}  # seconds; on PostgreSQL a NOTIFY comes first
SHORTEST_REST, LONGEST_REST = 0.25, 5.0


class Hand(Thread):
    def __init__(self, drain: Drain[Any], worker: str, stopping: Event) -> None:
        super().__init__(name=f"drain-{drain.name}", daemon=True)
        self.drain = drain
        self.worker = worker
        self.stopping = stopping
        self.bell = Event()  # rung when there may be work
        self.held: dict[Any, Leased] = {}  # claimed rows that are not settled; the heart renews their leases

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(queue=self.drain.name)
        rest = SHORTEST_REST
        while not self.stopping.is_set():
            self.bell.clear()  # before the claim: what rings from here on is seen by the wait below
            try:
                idle = not self.turn()
                rest = SHORTEST_REST
            except Exception as error:  # noqa: BLE001  # a database that is away, a row nobody can read: a queue never ends
                log.warning("worker.stumbled", error=queue.describe(error), seconds=rest)
                _let_go()
                self.stopping.wait(rest)
                rest = min(LONGEST_REST, rest * 2)
            else:
                if idle:
                    self._wait()
        _let_go()

    def turn(self) -> bool:
        """Claim and do one batch; false if there was none."""
        rows = queue.claim(self.drain.model, self.worker, self.drain.batch)
        self.held = {row.pk: row for row in rows}
        try:
            for row in rows:
                if self.stopping.is_set():
                    queue.release(row)
                else:
                    self._do(row)
                self.held.pop(row.pk)
        finally:
            self.held = {}  # what could not be settled is left to its lease
        if not rows and self.drain.when_idle:
            self.drain.when_idle()
        return bool(rows)

    def _do(self, row: Leased) -> None:
        began = clock.seconds()
        with structlog.contextvars.bound_contextvars(row=row.pk):
            try:
                fields = self.drain.work(row)
                if not row.settled:
                    self._surely(lambda: self._finish(row, dict(fields or {})))
                log.info("job.done", attempt=row.attempts, ms=round((clock.seconds() - began) * 1000))
            except LeaseLost as lost:
                log.warning("job.lease_lost", error=str(lost))
            except Exception as error:  # noqa: BLE001  # whatever work raises is written down, and the queue goes on
                self._fail(row, error)

    def _finish(self, row: Leased, fields: dict[str, Any]) -> None:
        if not fields:
            queue.finish(row)  # mere bookkeeping
            return
        with writing(Actor("worker", self.drain.name), "job.done"):
            queue.finish(row, **fields)

    def _fail(self, row: Leased, error: Exception) -> None:
        write = queue.give_up if isinstance(error, GiveUp) else queue.retry
        try:
            self._surely(lambda: write(row, error))
        except LeaseLost as lost:
            log.warning("job.lease_lost", error=str(lost), after=queue.describe(error))

    def _surely(self, write: Callable[[], None]) -> None:
        """Write an outcome even if the database is away for a moment, as long as the lease may last: work that was done
        must not be done again for want of a note. A write whose answer got lost shows itself as a lost lease."""
        until = clock.seconds() + queue.LEASE.total_seconds()
        while True:
            try:
                write()
            except Error as error:
                if clock.seconds() > until:
                    raise
                log.warning("worker.database_failed", error=queue.describe(error), seconds=SHORTEST_REST)
                _let_go()
                time.sleep(SHORTEST_REST)
            else:
                return

    def _wait(self) -> None:
        if connection.vendor == "postgresql":
            _let_go()  # an idle thread keeps none of the pool's connections
        self.bell.wait(POLLS[connection.vendor])


def _let_go() -> None:
    """Close this thread's connection; a broken one, or one given back to the pool."""
    try:
        connection.close()
    except Error as error:
        log.info("worker.connection_broken", error=queue.describe(error))

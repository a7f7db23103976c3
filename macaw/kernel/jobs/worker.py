"""The worker process: hands that work, a heart that keeps their leases, ears for what is new. Any number may run."""

import os
import secrets
import signal
import socket
from collections.abc import Sequence
from datetime import timedelta
from threading import Event
from typing import Any

import structlog
from django.db import Error, connection

from macaw.kernel import clock
from macaw.kernel.jobs import duties, long, queue
from macaw.kernel.jobs.duties import Plan
from macaw.kernel.jobs.ears import Ears
from macaw.kernel.jobs.hands import LONGEST_REST, Hand
from macaw.kernel.jobs.heart import Heart
from macaw.kernel.jobs.long import Kind
from macaw.kernel.jobs.models import Heartbeat
from macaw.kernel.jobs.queue import Drain

log = structlog.get_logger("macaw.jobs")

GRACE = timedelta(seconds=20)  # what runs at the end may take that long; then it is left to its lease


class Worker:
    def __init__(self, drains: Sequence[Drain[Any]], plans: Sequence[Plan] = (), kinds: Sequence[Kind] = ()) -> None:
        self.stopping = Event()
        self.plans = plans
        host, pid = socket.gethostname(), os.getpid()
        self.beat = Heartbeat(worker=f"{host}:{pid}:{secrets.token_hex(3)}", host=host, pid=pid)
        all_drains = [*drains, duties.drain(plans), long.drain(kinds, self.stopping)]
        self.hands = [
            Hand(drain, self.beat.worker, self.stopping) for drain in all_drains for _ in range(drain.threads)
        ]
        self.heart = Heart(self.beat, self.hands)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT: then claim no more, finish what runs, hand back the rest."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self._widen_pool()
        self._begin()
        ears = [Ears(self.hands, self.stopping)] if connection.vendor == "postgresql" else []
        threads = [*self.hands, *ears]
        for thread in [self.heart, *threads]:
            thread.start()
        self.stopping.wait()
        until = clock.seconds() + GRACE.total_seconds()
        for thread in threads:
            thread.join(max(0.0, until - clock.seconds()))
        unfinished = sorted({hand.drain.name for hand in self.hands if hand.is_alive()})
        self.heart.stopped.set()
        self.heart.join(LONGEST_REST)
        log.info("worker.stopped", worker=self.beat.worker, unfinished=unfinished)

    def stop(self, number: int, frame: object) -> None:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, signal.SIG_DFL)  # the second one ends it at once
        self.stopping.set()
        for hand in self.hands:
            hand.bell.set()

    def _begin(self) -> None:
        """Say that we are here and what recurs; wait for a database that is not there yet."""
        while not self.stopping.is_set():
            try:
                self.heart.tell()
                duties.ensure(self.plans)
            except Error as error:
                log.warning("worker.database_failed", error=queue.describe(error), seconds=LONGEST_REST)
                connection.close()
                self.stopping.wait(LONGEST_REST)
            else:
                connection.close()
                log.info("worker.started", worker=self.beat.worker, threads=len(self.hands))
                return

    def _widen_pool(self) -> None:
        """Let every thread have a connection at once: a hand that waits for one cannot write down what it did."""
        pool = connection.settings_dict["OPTIONS"].get("pool")
        if connection.vendor == "postgresql" and isinstance(pool, dict):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
            pool["max_size"] = max(pool.get("max_size") or 0, len(self.hands) + 2)

"""One thread that listens for NOTIFY on PostgreSQL and rings the bell of the queue that has work. It may miss some."""

from collections.abc import Sequence
from threading import Event, Thread

import psycopg
import structlog
from django.db import connection

from macaw.kernel.jobs import queue
from macaw.kernel.jobs.hands import Hand

log = structlog.get_logger("macaw.jobs")

REST = 1.0  # seconds: between looks at `stopping`, and before it connects again


class Ears(Thread):
    def __init__(self, hands: Sequence[Hand], stopping: Event) -> None:
        super().__init__(name="ears", daemon=True)
        self.hands = hands
        self.stopping = stopping

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.listen()
            except psycopg.Error as error:
                log.warning("worker.database_failed", error=queue.describe(error), seconds=REST)
                self.stopping.wait(REST)

    def listen(self) -> None:
        parameters = connection.get_connection_params()  # a connection of its own, beside the pool
        with psycopg.connect(**parameters, autocommit=True) as listening:
            listening.execute(f"LISTEN {queue.CHANNEL}")
            self.ring()  # whatever was said while nobody listened
            while not self.stopping.is_set():
                for notice in listening.notifies(timeout=REST):
                    self.ring(notice.payload)

    def ring(self, table: str = "") -> None:
        for hand in self.hands:
            if table in {"", hand.drain.model._meta.db_table}:
                hand.bell.set()

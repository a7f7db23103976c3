"""One thread that says the worker lives, and renews the leases of what it holds."""

from collections.abc import Sequence
from threading import Event, Thread
from typing import Any

import structlog
from django.db import Error, connection
from django.db.models.functions import Now

from macaw.kernel.jobs import queue
from macaw.kernel.jobs.hands import Hand
from macaw.kernel.jobs.models import Heartbeat, Leased

log = structlog.get_logger("macaw.jobs")

BEAT = 2.0  # seconds: a lease outlives three missed beats


class Heart(Thread):
    def __init__(self, beat: Heartbeat, hands: Sequence[Hand]) -> None:
        super().__init__(name="heart", daemon=True)
        self.beat = beat
        self.hands = hands
        self.stopped = Event()

    def run(self) -> None:
        while not self.stopped.wait(BEAT):
            self._safely(self.renew)
            self._safely(self.tell)
        self._safely(self.forget)
        connection.close()

    def renew(self) -> None:
        held: dict[type[Leased], list[Any]] = {}
        for hand in self.hands:
            held.setdefault(hand.drain.model, []).extend(list(hand.held))
        for model, keys in held.items():
            if keys:
                queue.renew(model, self.beat.worker, keys)

    def tell(self) -> None:
        doing = ", ".join(sorted({hand.drain.name for hand in self.hands if hand.held}))
        beating = Heartbeat.objects.filter(worker=self.beat.worker)
        if not beating.update(beat_at=Now(), doing=doing):
            Heartbeat(worker=self.beat.worker, host=self.beat.host, pid=self.beat.pid, doing=doing).save()

    def forget(self) -> None:
        Heartbeat.objects.filter(worker=self.beat.worker).delete()

    def _safely(self, act: Any) -> None:
        try:
            act()
        except Error as error:
            log.warning("worker.database_failed", error=queue.describe(error))
            connection.close()

"""Work for real worker processes: python -m tests.macaw.kernel.jobs.parcels tables | work | enqueue N | idle.

A parcel says what its delivery does. Each start is a line of the file FARM_LOG, which outlives a process that is killed.
FARM_SABOTAGE takes one guard away, so that a test can show what the guard is for.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402  # Django must stand first

from macaw.kernel import writing  # noqa: E402
from macaw.kernel.jobs import hands, heart, queue  # noqa: E402
from macaw.kernel.jobs.duties import Plan  # noqa: E402
from macaw.kernel.jobs.long import Kind, Progress, Steps  # noqa: E402
from macaw.kernel.jobs.models import Duty, Heartbeat, Job, Leased  # noqa: E402
from macaw.kernel.jobs.worker import Worker  # noqa: E402
from macaw.kernel.rows import Line  # noqa: E402

writing._writers.clear()  # the farm has the tables of work alone, and no audit trail
L = TypeVar("L", bound=Leased)
CHUNKS = 100


class Parcel(Leased):
    """`order`: nothing, `fail`, or `sleep` for `seconds`."""

    order = Line(default="", db_default="", blank=True)
    seconds = models.FloatField(default=0, db_default=0)
    deliveries = models.IntegerField(default=0, db_default=0)
    delivered_by = Line(default="", db_default="", blank=True)

    class Meta(Leased.Meta):
        app_label = "farm"  # no installed app: neither migrations nor other tests see it
        db_table = "parcels"


def note(*words: object) -> None:
    line = " ".join(map(str, (os.getpid(), time.time(), *words)))  # noqa: TID251  # compared with the parent's own
    descriptor = os.open(os.environ["FARM_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def deliver(parcel: Parcel) -> dict[str, Any] | None:
    note("parcel", parcel.pk)
    if parcel.order == "fail":
        raise ConnectionError("nobody at home")
    if parcel.order == "sleep":
        time.sleep(parcel.seconds)
        return {"deliveries": models.F("deliveries") + 1, "delivered_by": parcel.leased_by}
    return None


def count(payload: dict[str, Any]) -> Steps:
    for number in range(payload.get("next", 0), CHUNKS):
        note("chunk", number)
        time.sleep(0.02)
        payload["next"] = number + 1
        yield Progress(number + 1, CHUNKS, f"{number + 1} counted")
    return {"counted": CHUNKS}


def dust(since: datetime | None) -> str:
    note("duty", "dust")
    time.sleep(0.2)
    return "dusted"


def polish(since: datetime | None) -> str:
    note("duty", "polish")
    return "polished"


def careless_claim(model: type[L], worker: str, limit: int = 1) -> list[L]:
    """What `claim` would be as a SELECT and a later UPDATE."""
    rows: Sequence[L] = list(model.objects.due().order_by("due_at")[:limit])  # type: ignore[arg-type]
    time.sleep(0.02)
    model.objects.filter(pk__in=[row.pk for row in rows]).update(leased_by=worker, due_at=None)
    for row in rows:
        row.leased_by = worker
    return list(rows)


def sabotage(guard: str) -> None:
    if guard == "fence":
        queue.held_by = lambda row: {}
    elif guard == "claim":
        queue.claim = careless_claim
    elif guard == "look":
        queue._any_due = lambda model: True


def tables() -> None:
    with connection.schema_editor() as editor:
        for model in (Parcel, Heartbeat, Duty, Job):
            editor.create_model(model)


def work() -> None:
    queue.LEASE = timedelta(seconds=float(os.environ.get("FARM_LEASE", queue.LEASE.total_seconds())))
    heart.BEAT = float(os.environ.get("FARM_BEAT", heart.BEAT))
    hands.POLLS = {name: float(os.environ.get("FARM_POLL", seconds)) for name, seconds in hands.POLLS.items()}
    drain = queue.Drain("parcels", Parcel, deliver, batch=int(os.environ.get("FARM_BATCH", "1")))
    plans = [Plan("dust", timedelta(hours=1), dust), Plan("polish", timedelta(hours=1), polish)]
    Worker([drain], plans, [Kind("count", "Count", count)]).run()


def enqueue(number: int, pause: float = 0) -> None:
    """One producer, a transaction each."""
    for _ in range(number):
        with transaction.atomic():
            parcel = Parcel.objects.create()
            queue.wake(Parcel)
        note("enqueued", parcel.pk)
        time.sleep(pause)


def idle() -> None:
    """An idle claim while somebody else holds SQLite's write lock."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
    note("idle", len(queue.claim(Parcel, "idler")))


if __name__ == "__main__":
    sabotage(os.environ.get("FARM_SABOTAGE", ""))
    COMMANDS: dict[str, Callable[..., None]] = {"tables": tables, "work": work, "enqueue": enqueue, "idle": idle}
    COMMANDS[sys.argv[1]](*(float(word) if "." in word else int(word) for word in sys.argv[2:]))

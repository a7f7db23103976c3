"""Work that recurs. A duty is a leased row, so one worker runs it at a time, and after downtime it runs once and catches up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from macaw.kernel import clock
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.models import Duty, Heartbeat, Job
from macaw.kernel.jobs.queue import Drain

log = structlog.get_logger("macaw.jobs")

UNKNOWN_RESTS = timedelta(minutes=1)
KEPT_HEARTBEATS = timedelta(days=1)
KEPT_JOBS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Plan:
    """A duty as the code declares it. `run` gets the moment from which it must catch up, and says in words what it did."""

    name: str
    every: timedelta
    run: Callable[[datetime | None], str | None]


def ensure(plans: Iterable[Plan]) -> None:
    """Make the rows say what the code says: new duties are due at once, those no longer declared rest."""
    seconds = {plan.name: int(plan.every.total_seconds()) for plan in plans}
    Duty.objects.bulk_create([Duty(name=name, every=every) for name, every in seconds.items()], ignore_conflicts=True)
    for name, every in seconds.items():
        Duty.objects.filter(name=name).exclude(every=every).update(every=every)
    Duty.objects.filter(name__in=seconds, due_at=None, failed_at=None).update(due_at=clock.now())
    Duty.objects.exclude(name__in=seconds).exclude(due_at=None).update(due_at=None)


def drain(plans: Iterable[Plan]) -> Drain[Duty]:
    """The queue of duties; two at a time, so that a slow one does not stop the rest."""
    return Drain("duties", Duty, partial(_work, {plan.name: plan for plan in plans}), threads=2)


def _work(plans: Mapping[str, Plan], duty: Duty) -> dict[str, Any]:
    plan = plans.get(duty.name)
    if plan is None:  # a newer worker knows it: it declared the row
        return {"due_at": clock.now() + UNKNOWN_RESTS}
    began = clock.now()
    queue.keep(duty, last_started_at=began)
    try:
        outcome = plan.run(duty.caught_up_at)
    except Exception as error:
        if duty.attempts < duty.max_attempts:
            raise
        log.exception("duty.failed", duty=duty.name, attempt=duty.attempts)
        return {"due_at": next_time(duty, clock.now()), "last_error": queue.describe(error)}  # it recurs, come what may
    ended = clock.now()
    return {
        "due_at": next_time(duty, ended),
        "last_finished_at": ended,
        "caught_up_at": began,
        "last_outcome": outcome or "",
    }


def next_time(duty: Duty, now: datetime) -> datetime:
    """The first time after `now` on the duty's own grid, so it neither drifts nor repeats what it missed."""
    due = duty.due_at or now
    missed = max(0, (now - due) // timedelta(seconds=duty.every))
    return due + timedelta(seconds=duty.every) * (missed + 1)


def prune(since: datetime | None) -> str:
    """Forget workers that are long gone and jobs that ended long ago."""
    now = clock.now()
    beats, _ = Heartbeat.objects.filter(beat_at__lt=now - KEPT_HEARTBEATS).delete()
    ended = Job.objects.filter(state__in=[Job.State.DONE, Job.State.CANCELLED], updated_at__lt=now - KEPT_JOBS)
    jobs, _ = ended.delete()
    return f"{beats} heartbeats, {jobs} jobs"

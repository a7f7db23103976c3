"""Long work in chunks: it shows progress, can be paused, resumed and cancelled, and after a crash goes on where it was.

A kind's `steps` is a generator over a payload it may change. After each `yield` the payload is stored together with the
progress, so whatever it needs to go on (a cursor) belongs in there. A chunk that was not stored runs again.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise

from macaw.kernel import clock
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.models import Job
from macaw.kernel.jobs.queue import Drain

UNKNOWN_RESTS = timedelta(minutes=1)
OPEN = [Job.State.QUEUED, Job.State.PAUSED]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job came; `total` is 0 while nobody knows."""

    done: int
    total: int
    sentence: str = ""


Steps = Generator[Progress, None, Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of long job: its name in rows, its title for staff, and the generator that does it and returns its result."""

    name: str
    title: str | Promise
    steps: Callable[[dict[str, Any]], Steps]


# What people do. Each is a step inside the caller's transaction and says whether it found anything to do.


def start(kind: Kind, *, payload: dict[str, Any] | None = None, created_by: str = "") -> Job:
    job = Job.objects.create(kind=kind.name, title=str(kind.title), payload=payload or {}, created_by=created_by)
    queue.wake(Job)
    return job


def pause(pk: int) -> bool:
    return _stop(pk, Job.State.PAUSED, Job.Wanted.PAUSE)


def cancel(pk: int) -> bool:
    return _stop(pk, Job.State.CANCELLED, Job.Wanted.CANCEL)


def resume(pk: int) -> bool:
    """Queue a paused job again, or take back a pause that has not happened yet."""
    paused = Job.objects.filter(pk=pk, state=Job.State.PAUSED)
    if paused.update(state=Job.State.QUEUED, due_at=clock.now(), wanted="") == 1:
        queue.wake(Job)
        return True
    return Job.objects.filter(pk=pk, state=Job.State.QUEUED, wanted=Job.Wanted.PAUSE).update(wanted="") == 1


def _stop(pk: int, state: str, wanted: str) -> bool:
    """At once if nobody holds it; otherwise its holder is asked to."""
    job = Job.objects.filter(pk=pk, state__in=OPEN).exclude(state=state)
    if job.filter(Q(lease_until=None) | Q(lease_until__lt=Now())).update(state=state, due_at=None, wanted="") == 1:
        return True
    return job.update(wanted=wanted) == 1


# What the worker does


def drain(kinds: Iterable[Kind], stopping: Event) -> Drain[Job]:
    """The queue of long jobs; two at a time, so that a short one need not wait for a long one."""
    return Drain("jobs", Job, partial(_work, {kind.name: kind for kind in kinds}, stopping), threads=2)


def _work(kinds: Mapping[str, Kind], stopping: Event, job: Job) -> dict[str, Any]:
    kind = kinds.get(job.kind)
    if kind is None:  # a newer worker knows it
        return {"due_at": clock.now() + UNKNOWN_RESTS}
    with closing(kind.steps(job.payload)) as steps:
        while True:
            if ending := _asked(job):
                return ending
            if stopping.is_set():
                return {"due_at": clock.now()}  # another worker goes on at the next chunk
            try:
                progress = next(steps)
            except StopIteration as end:
                return {"state": Job.State.DONE, "wanted": "", "payload": job.payload, "result": end.value or {}}
            queue.keep(
                job,
                payload=job.payload,
                done_count=progress.done,
                total_count=progress.total,
                progress=progress.sentence,
            )


def _asked(job: Job) -> dict[str, Any] | None:
    wanted = Job.objects.filter(pk=job.pk).values_list("wanted", flat=True).get()
    ends = {Job.Wanted.PAUSE: Job.State.PAUSED, Job.Wanted.CANCEL: Job.State.CANCELLED}
    return {"state": ends[Job.Wanted(wanted)], "wanted": ""} if wanted else None

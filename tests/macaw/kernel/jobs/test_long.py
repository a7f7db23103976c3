from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from macaw.kernel.jobs import long, queue
from macaw.kernel.jobs.long import Kind, Progress, Steps
from macaw.kernel.jobs.models import Job
from macaw.kernel.jobs.queue import LeaseLost

pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """A job of five chunks; `at` says what happens during one of them."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.at: dict[int, Callable[[], object]] = {}
        self.ran: list[int] = []
        self.kind = Kind("count", "Count to five", self.steps)

    def steps(self, payload: dict[str, Any]) -> Steps:
        for number in range(payload.get("next", 1), 6):
            self.ran.append(number)
            self.at.pop(number, lambda: None)()
            payload["next"] = number + 1
            yield Progress(number, 5, f"{number} of 5")
        return {"counted": 5}

    def start(self) -> Job:
        return long.start(self.kind, created_by="user:sam")

    def turn(self) -> Job:
        """What a worker does with one job that is due."""
        (row,) = queue.claim(Job, "ann")
        queue.finish(row, **(long.drain([self.kind], self.stopping).work(row) or {}))
        return Job.objects.get()


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_a_job_runs_to_its_end_and_keeps_what_came_out(counting: Counting) -> None:
    job = counting.start()
    assert (job.state, job.created_by, job.title) == ("queued", "user:sam", "Count to five")
    job = counting.turn()
    assert (job.state, job.result, job.due_at) == ("done", {"counted": 5}, None)
    assert (job.done_count, job.total_count, job.progress) == (5, 5, "5 of 5")


def test_progress_is_stored_chunk_by_chunk(counting: Counting) -> None:
    job = counting.start()
    seen: list[tuple[int, str]] = []

    def look() -> None:
        job.refresh_from_db()
        seen.append((job.done_count, job.progress))

    counting.at = {1: look, 3: look}
    counting.turn()
    assert seen == [(0, ""), (2, "2 of 5")]


def test_a_pause_takes_effect_before_the_next_chunk_and_resumes_there(counting: Counting) -> None:
    job = counting.start()
    counting.at = {2: lambda: long.pause(job.pk)}
    job = counting.turn()
    assert (job.state, job.wanted, job.done_count, job.due_at) == ("paused", "", 2, None)
    assert queue.claim(Job, "ann") == []
    assert long.resume(job.pk)
    assert counting.turn().state == "done"
    assert counting.ran == [1, 2, 3, 4, 5]


def test_a_pause_can_be_taken_back_before_it_happens(counting: Counting) -> None:
    job = counting.start()
    counting.at = {2: lambda: (long.pause(job.pk), long.resume(job.pk))}
    assert counting.turn().state == "done"


def test_a_cancelled_job_stops_for_good(counting: Counting) -> None:
    job = counting.start()
    counting.at = {3: lambda: long.cancel(job.pk)}
    job = counting.turn()
    assert (job.state, job.done_count) == ("cancelled", 3)
    assert not long.resume(job.pk)
    assert not long.pause(job.pk)
    assert not long.cancel(job.pk)
    assert queue.claim(Job, "ann") == []


def test_a_job_that_nobody_holds_obeys_at_once(counting: Counting) -> None:
    job = counting.start()
    assert long.pause(job.pk)
    assert Job.objects.get().state == "paused"
    assert long.cancel(job.pk)
    assert Job.objects.get().state == "cancelled"
    assert counting.ran == []


def test_a_wish_for_a_dead_worker_reaches_the_next(counting: Counting) -> None:
    job = counting.start()
    queue.claim(Job, "ann")
    long.pause(job.pk)
    assert Job.objects.get().wanted == "pause"
    Job.objects.update(lease_until="2020-01-01T00:00Z")
    assert counting.turn().state == "paused"
    assert counting.ran == []


def test_a_failed_chunk_is_run_again_and_no_other(counting: Counting) -> None:
    counting.start()

    def fail() -> None:
        raise ConnectionError("away")

    counting.at = {3: fail}
    (row,) = queue.claim(Job, "ann")
    with pytest.raises(ConnectionError):
        long.drain([counting.kind], counting.stopping).work(row)
    queue.retry(row, ConnectionError("away"))
    Job.objects.update(due_at="2020-01-01T00:00Z")
    assert counting.turn().state == "done"
    assert counting.ran == [1, 2, 3, 3, 4, 5]


def test_a_job_whose_lease_was_lost_stops_at_the_end_of_its_chunk(counting: Counting) -> None:
    counting.start()

    def lose() -> None:
        Job.objects.update(lease_until="2020-01-01T00:00Z")
        queue.claim(Job, "ben")

    counting.at = {2: lose}
    with pytest.raises(LeaseLost):
        counting.turn()
    assert counting.ran == [1, 2]
    assert Job.objects.get().done_count == 1


def test_a_worker_that_stops_leaves_the_job_to_another(counting: Counting) -> None:
    counting.start()
    counting.at = {2: counting.stopping.set}
    job = counting.turn()
    assert (job.state, job.done_count, job.leased_by) == ("queued", 2, "")
    counting.stopping.clear()
    assert counting.turn().state == "done"
    assert counting.ran == [1, 2, 3, 4, 5]


def test_a_kind_that_only_a_newer_worker_knows_is_left_to_it(counting: Counting) -> None:
    Job.objects.create(kind="newer", title="Newer")
    job = counting.turn()
    assert (job.state, job.attempts) == ("queued", 0)
    assert queue.claim(Job, "ann") == []

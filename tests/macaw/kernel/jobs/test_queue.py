"""Claims, outcomes and fences, on rows of the table of long jobs."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection, transaction

from macaw.kernel import clock as now
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.models import Job
from macaw.kernel.jobs.queue import LeaseLost
from macaw.kernel.writing import Actor, writing

pytestmark = pytest.mark.django_db(transaction=True)
EXPIRED = datetime(2020, 1, 1, tzinfo=UTC)


def post(number: int = 1, **facts: Any) -> None:
    for nth in range(number):
        Job.objects.create(kind="test", title=f"job {nth}", **facts)


def die() -> None:
    """What a killed worker leaves behind: leases that run out."""
    Job.objects.exclude(lease_until=None).update(lease_until=EXPIRED)


def only() -> Job:
    return Job.objects.get()


def test_a_claim_takes_the_oldest_and_only_what_is_due() -> None:
    post(due_at=now.now() - timedelta(minutes=1))
    post(due_at=now.now() - timedelta(minutes=2))
    post(due_at=now.now() + timedelta(minutes=1))
    post(state="done", due_at=None)
    oldest, younger = queue.claim(Job, "ann", limit=9)
    assert [row.due_at for row in Job.objects.exclude(due_at=None).order_by("due_at")[:2]] == [
        oldest.due_at,
        younger.due_at,
    ]
    assert (oldest.leased_by, oldest.fence, oldest.attempts) == ("ann", 1, 1)


def test_a_held_row_is_nobody_elses_until_its_lease_ends() -> None:
    post()
    queue.claim(Job, "ann")
    assert queue.claim(Job, "ben") == []
    assert Job.objects.held().count() == 1
    die()
    (taken,) = queue.claim(Job, "ben")
    assert (taken.fence, taken.attempts) == (2, 2)


def test_renewal_keeps_the_lease_of_its_holder_alone() -> None:
    post()
    queue.claim(Job, "ann")
    die()
    before = only().updated_at
    queue.renew(Job, "ben", [only().pk])
    assert only().lease_until == EXPIRED
    queue.renew(Job, "ann", [only().pk])
    assert Job.objects.held().count() == 1
    assert only().updated_at == before


@pytest.mark.parametrize("fields", [{}, {"state": "done"}])
def test_who_lost_the_lease_writes_nothing(fields: dict[str, Any]) -> None:
    post()
    (late,) = queue.claim(Job, "ann")
    die()
    (holder,) = queue.claim(Job, "ben")
    before = Job.objects.values().get()
    writes: list[Callable[[], None]] = [
        lambda: queue.finish(late, **fields),
        lambda: queue.keep(late, progress="halfway"),
        lambda: queue.retry(late, ValueError("late")),
        lambda: queue.give_up(late, ValueError("late")),
        lambda: queue.release(late),
    ]
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert Job.objects.values().get() == before
    assert not late.settled
    queue.finish(holder, state="done")
    assert only().state == "done"


def test_the_same_worker_cannot_use_an_old_fence_either() -> None:
    post()
    (first,) = queue.claim(Job, "ann")
    die()
    queue.claim(Job, "ann")
    with pytest.raises(LeaseLost):
        queue.finish(first, state="done")


def test_without_the_fence_both_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "held_by", lambda row: {})
    post()
    (late,) = queue.claim(Job, "ann")
    die()
    queue.claim(Job, "ben")
    queue.keep(late, progress="written by ann")
    assert only().progress == "written by ann"


def test_a_finished_row_rests_and_starts_its_count_again() -> None:
    post()
    (row,) = queue.claim(Job, "ann")
    queue.finish(row, state="done", result={"seen": 3})
    done = only()
    assert (done.due_at, done.lease_until, done.leased_by, done.attempts) == (None, None, "", 0)
    assert done.result == {"seen": 3}
    assert row.settled


def test_a_finish_that_names_a_time_keeps_the_row_in_the_queue() -> None:
    post()
    (row,) = queue.claim(Job, "ann")
    tomorrow = now.now() + timedelta(days=1)
    queue.finish(row, due_at=tomorrow)
    assert only().due_at == tomorrow
    assert queue.claim(Job, "ann") == []


def test_an_outcome_goes_with_the_transaction_of_the_work() -> None:
    post()
    (row,) = queue.claim(Job, "ann")

    def settle_and_fail() -> None:
        with writing(Actor("worker", "test"), "job.done"):
            queue.finish(row, state="done")
            raise LookupError

    with pytest.raises(LookupError):
        settle_and_fail()
    assert only().state == "queued"
    queue.retry(row, LookupError())  # still the holder
    assert only().last_error == "LookupError:"


def test_a_failure_is_tried_again_later_and_says_why(clock: time_machine.Traveller) -> None:
    post()
    (row,) = queue.claim(Job, "ann")
    queue.retry(row, ValueError("no\nroute"))
    failed = only()
    assert failed.last_error == "ValueError: no route"
    assert failed.due_at
    assert timedelta(seconds=2.5) <= failed.due_at - now.now() <= timedelta(seconds=5)
    assert queue.claim(Job, "ann") == []
    clock.shift(timedelta(seconds=6))
    (again,) = queue.claim(Job, "ann")
    assert again.attempts == 2


def test_delays_double_are_spread_and_end_at_an_hour() -> None:
    for attempt, ceiling in ((1, 5), (2, 10), (5, 80), (11, 3600), (500, 3600)):
        delays = [queue.backoff(attempt) for _ in range(200)]
        assert ceiling / 2 <= min(delays) < ceiling * 0.6
        assert ceiling * 0.9 < max(delays) <= ceiling


def test_after_the_last_attempt_it_waits_for_a_person(clock: time_machine.Traveller) -> None:
    post(max_attempts=2)
    for _ in range(2):
        (row,) = queue.claim(Job, "ann")
        queue.retry(row, ValueError("no"))
        clock.shift(timedelta(hours=2))
    given_up = only()
    assert (given_up.state, given_up.due_at, given_up.last_error) == ("failed", None, "ValueError: no")
    assert given_up.failed_at
    assert queue.claim(Job, "ann") == []
    assert queue.revive(Job.objects.all()) == 1
    (row,) = queue.claim(Job, "ann")
    assert (row.state, row.attempts, row.failed_at) == ("queued", 1, None)


def test_revival_touches_only_what_was_given_up() -> None:
    post(3)
    assert queue.revive(Job.objects.all()) == 0


def test_a_row_that_kills_its_workers_is_given_up_unrun() -> None:
    post(max_attempts=3)
    for _ in range(3):
        assert len(queue.claim(Job, "ann")) == 1
        die()
    assert queue.claim(Job, "ann") == []
    assert only().state == "failed"
    assert only().last_error.startswith("WorkerKiller: 3 attempts")


def test_a_killer_does_not_use_up_the_attempts_of_its_neighbours() -> None:
    post(5, max_attempts=3)
    killer = Job.objects.earliest("due_at").pk
    delivered: Counter[int] = Counter()
    for _ in range(30):
        for row in queue.claim(Job, "ann", limit=5):
            if row.pk == killer:
                die()
                break
            queue.finish(row, state="done")
            delivered[row.pk] += 1
    assert only_failed() == [killer]
    assert sorted(delivered.values()) == [1, 1, 1, 1]


def only_failed() -> list[int]:
    return [row.pk for row in Job.objects.failed()]


def test_what_was_not_begun_is_handed_back_uncounted() -> None:
    post()
    (row,) = queue.claim(Job, "ann")
    queue.release(row)
    (again,) = queue.claim(Job, "ben")
    assert again.attempts == 1


def listener() -> "psycopg.Connection[Any]":
    listening = psycopg.connect(autocommit=True, **{**connection.get_connection_params(), "dbname": name()})
    listening.execute(f"LISTEN {queue.CHANNEL}")
    return listening


def name() -> str:
    return str(connection.settings_dict["NAME"])


def enqueue_and_fail() -> None:
    with transaction.atomic():
        post()
        queue.wake(Job)
        raise LookupError


def test_a_rollback_leaves_no_job() -> None:
    with pytest.raises(LookupError):
        enqueue_and_fail()
    assert not Job.objects.exists()


@pytest.mark.only_on("postgresql", "SQLite has no NOTIFY")
def test_a_notice_comes_with_the_commit_and_never_without_it() -> None:
    with listener() as listening:
        with pytest.raises(LookupError):
            enqueue_and_fail()
        assert list(listening.notifies(timeout=0.2)) == []
        with transaction.atomic():
            post()
            queue.wake(Job)
            assert list(listening.notifies(timeout=0.2)) == []
        assert [notice.payload for notice in listening.notifies(timeout=2, stop_after=1)] == ["jobs"]

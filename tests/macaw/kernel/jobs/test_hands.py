"""One thread of a queue, run in the test's own thread."""

from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from macaw.kernel.jobs import hands, queue
from macaw.kernel.jobs.hands import Hand
from macaw.kernel.jobs.models import Job
from macaw.kernel.jobs.queue import Drain, GiveUp
from macaw.kernel.writing import Actor, writing

pytestmark = pytest.mark.django_db(transaction=True)


def hand(work: Any, batch: int = 1) -> Hand:
    return Hand(Drain("test", Job, work, batch=batch), "ann", Event())


def post(number: int = 1) -> None:
    for _ in range(number):
        Job.objects.create(kind="k", title="t")


def test_what_will_never_succeed_is_given_up_at_once() -> None:
    def work(row: Job) -> None:
        raise GiveUp("no such place")

    post()
    assert hand(work).turn()
    row = Job.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", 1, "GiveUp: no such place")


def test_work_may_finish_its_row_in_its_own_transaction() -> None:
    def work(row: Job) -> None:
        with writing(Actor("worker", "test"), "job.done"):
            queue.finish(row, state="done", result={"by": "itself"})

    post()
    hand(work).turn()
    assert Job.objects.get().result == {"by": "itself"}


def test_work_that_fails_after_its_row_was_finished_changes_nothing_more() -> None:
    def work(row: Job) -> None:
        queue.finish(row, state="done")
        raise ValueError("too late")

    post()
    hand(work).turn()
    row = Job.objects.get()
    assert (row.state, row.last_error) == ("done", "")


def test_one_row_of_a_batch_fails_alone() -> None:
    def work(row: Job) -> dict[str, Any]:
        if row.pk == first:
            raise ValueError("no")
        return {"state": "done"}

    post(3)
    first = Job.objects.earliest("due_at").pk
    hand(work, batch=3).turn()
    assert sorted(Job.objects.values_list("state", "last_error")) == [
        ("done", ""),
        ("done", ""),
        ("queued", "ValueError: no"),
    ]


def test_a_note_that_could_not_be_written_is_written_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []
    failures = [OperationalError("gone"), OperationalError("gone")]
    finish = queue.finish

    def unreliable(row: Job, **fields: Any) -> None:
        if failures:
            raise failures.pop()
        finish(row, **fields)

    monkeypatch.setattr(queue, "finish", unreliable)
    monkeypatch.setattr(hands, "SHORTEST_REST", 0.01)
    monkeypatch.setattr(hands, "_let_go", lambda: None)  # SQLite's test database lives as long as its connection
    post()
    hand(lambda row: done.append(row.pk) or {"state": "done"}).turn()  # type: ignore[func-returns-value]  # None, then the fields
    assert Job.objects.get().state == "done"
    assert len(done) == 1


def test_a_queue_outlives_claims_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = iter([OperationalError("gone"), RuntimeError("a bug"), OperationalError("gone")])
    one = hand(lambda row: None)

    def unreliable(*_: Any) -> list[Job]:
        for failure in claims:
            raise failure
        one.stopping.set()
        return []

    monkeypatch.setattr(queue, "claim", unreliable)
    monkeypatch.setattr(hands, "SHORTEST_REST", 0.01)
    monkeypatch.setattr(hands, "_let_go", lambda: None)
    monkeypatch.setattr(hands, "POLLS", {"sqlite": 0.01, "postgresql": 0.01})
    one.run()
    assert one.stopping.is_set()
    assert next(claims, None) is None

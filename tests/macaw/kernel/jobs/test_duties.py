from datetime import datetime, timedelta

import pytest
import time_machine
from django.db.models.functions import Now

from macaw.kernel import clock as now
from macaw.kernel.jobs import duties, queue
from macaw.kernel.jobs.duties import Plan
from macaw.kernel.jobs.models import Duty, Heartbeat, Job

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


class Sweeper:
    """A duty that remembers from when it was asked to catch up."""

    def __init__(self) -> None:
        self.asked: list[datetime | None] = []
        self.broken = False
        self.plan = Plan("sweep", HOUR, self.sweep)

    def sweep(self, since: datetime | None) -> str:
        self.asked.append(since)
        if self.broken:
            raise ConnectionError("no broom")
        return "swept"

    def turn(self) -> int:
        """What a worker does with the duties that are due."""
        drain = duties.drain([self.plan])
        rows = queue.claim(Duty, "ann", 9)
        for row in rows:
            try:
                queue.finish(row, **(drain.work(row) or {}))
            except ConnectionError as error:
                queue.retry(row, error)
        return len(rows)


@pytest.fixture
def sweeper(clock: time_machine.Traveller) -> Sweeper:
    made = Sweeper()
    duties.ensure([made.plan])
    return made


def test_a_duty_runs_at_once_and_then_on_its_own_grid(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    began = now.now()
    assert sweeper.turn() == 1
    clock.shift(timedelta(minutes=59))
    assert sweeper.turn() == 0
    clock.shift(timedelta(minutes=7))
    assert sweeper.turn() == 1
    row = Duty.objects.get()
    assert (row.last_outcome, row.due_at) == ("swept", began + 2 * HOUR)


def test_after_six_days_of_silence_it_runs_once_and_catches_up(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    sweeper.turn()
    before = now.now()
    clock.shift(timedelta(days=6, minutes=5))
    assert [sweeper.turn(), sweeper.turn()] == [1, 0]
    assert sweeper.asked == [None, before]
    assert Duty.objects.get().due_at == before + timedelta(days=6, hours=1)


def test_a_failed_run_is_caught_up_by_the_next(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    sweeper.turn()
    before = now.now()
    clock.shift(HOUR)
    sweeper.broken = True
    sweeper.turn()
    sweeper.broken = False
    clock.shift(HOUR)
    sweeper.turn()
    assert sweeper.asked == [None, before, before]


def test_a_duty_that_always_fails_says_so_and_recurs(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    sweeper.broken = True
    for _ in range(8):
        assert sweeper.turn() == 1
        clock.shift(timedelta(minutes=6))  # the last delay is at most 320 seconds
    row = Duty.objects.get()
    assert (row.failed_at, row.last_error) == (None, "ConnectionError: no broom")
    assert row.due_at
    assert now.now() - HOUR < row.due_at <= now.now() + HOUR


def test_a_duty_without_a_plan_rests_until_it_has_one_again(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    other = Plan("other", HOUR, sweeper.sweep)
    duties.ensure([other])
    assert Duty.objects.get(name="sweep").due_at is None
    duties.ensure([sweeper.plan, other])
    assert Duty.objects.get(name="sweep").due_at == now.now()


def test_a_duty_that_only_a_newer_worker_knows_is_left_to_it(sweeper: Sweeper, clock: time_machine.Traveller) -> None:
    Duty.objects.create(name="newer", every=60)
    sweeper.turn()
    row = Duty.objects.get(name="newer")
    assert (row.attempts, row.last_finished_at, row.due_at) == (0, None, now.now() + duties.UNKNOWN_RESTS)


def test_a_changed_rhythm_is_taken_over(sweeper: Sweeper) -> None:
    duties.ensure([Plan("sweep", timedelta(minutes=1), sweeper.sweep)])
    assert Duty.objects.get().every == 60


def test_old_heartbeats_and_old_ended_jobs_are_forgotten() -> None:
    Heartbeat.objects.create(worker="gone", host="h", pid=1, beat_at=now.now() - timedelta(days=2))
    Heartbeat.objects.create(worker="here", host="h", pid=2)
    for state in ("done", "cancelled", "paused"):
        Job.objects.create(kind="k", title=state, state=state, due_at=None)
    Job.objects.filter(state__in=["done", "paused"]).update(updated_at=now.now() - timedelta(days=91))
    assert duties.prune(None) == "1 heartbeats, 1 jobs"
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled", "paused"}


def test_a_worker_is_alive_as_long_as_it_beats() -> None:
    Heartbeat.objects.create(worker="here", host="h", pid=1)
    Heartbeat.objects.create(worker="silent", host="h", pid=2)
    Heartbeat.objects.filter(worker="silent").update(beat_at=Now() - timedelta(seconds=11))
    assert [beat.worker for beat in Heartbeat.objects.alive()] == ["here"]

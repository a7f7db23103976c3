"""Real worker processes, killed, stopped and cut off."""

import signal
import subprocess
import time
from collections import Counter

import pytest

from macaw.kernel.jobs import queue
from tests.macaw.kernel.jobs.farm import Farm, plain_client

RECOVERED = 10.0  # seconds


def delivered(farm: Farm, number: int) -> bool:
    return farm.sql("SELECT count(*) FROM parcels WHERE due_at IS NULL AND lease_until IS NULL") == [(number,)]


def duties_done(farm: Farm) -> bool:
    return farm.sql("SELECT count(*) FROM job_duties WHERE last_finished_at IS NOT NULL") == [(2,)]


@pytest.mark.parametrize(("guard", "twice"), [("", False), ("claim", True)])
def test_two_workers_never_get_one_row(farm: Farm, guard: str, twice: bool) -> None:
    """And a claim that is not one statement would give it to both."""
    farm.workers(2, batch=5, sabotage=guard)
    farm.post("sleep", 0.001, number=150)
    farm.until(lambda: len({parcel for _, _, parcel in farm.notes("parcel")}) == 150, 60)
    starts = Counter(parcel for _, _, parcel in farm.notes("parcel"))
    assert (max(starts.values()) > 1) is twice


def test_a_killed_workers_row_is_run_again_within_its_lease(farm: Farm) -> None:
    workers = {worker.pid: worker for worker in farm.workers(2)}
    farm.post("sleep", 1.5)
    farm.until(lambda: farm.notes("parcel"))
    killed = farm.notes("parcel")[0][0]
    workers[killed].kill()
    assert farm.until(lambda: len(farm.notes("parcel")) == 2, 20) <= RECOVERED
    farm.until(lambda: delivered(farm, 1))
    assert farm.notes("parcel")[1][0] != killed
    assert farm.sql("SELECT deliveries FROM parcels") == [(1,)]


@pytest.mark.parametrize(("guard", "writes"), [("", 1), ("fence", 2)])
def test_a_worker_that_slept_through_its_lease_writes_nothing(farm: Farm, guard: str, writes: int) -> None:
    """And without the fence it would write over what its successor did."""
    (sleeper,) = farm.workers(1, lease=2, beat=60, sabotage=guard)
    farm.until(lambda: duties_done(farm))  # on SQLite it must not be stopped in the middle of a write
    farm.post("sleep", 0.5)
    farm.until(lambda: farm.notes("parcel"))
    sleeper.send_signal(signal.SIGSTOP)
    farm.workers(1, lease=2, beat=0.4)
    farm.until(lambda: delivered(farm, 1))
    assert farm.sql("SELECT deliveries FROM parcels") == [(1,)]
    sleeper.send_signal(signal.SIGCONT)
    farm.until(lambda: '"queue": "parcels"' in farm.said(1))
    assert ("job.lease_lost" in farm.said(1)) is (writes == 1)
    assert farm.sql("SELECT deliveries FROM parcels") == [(writes,)]


def test_a_long_delivery_keeps_its_lease(farm: Farm) -> None:
    farm.workers(2, lease=1, beat=0.2)
    farm.post("sleep", 3)
    farm.until(lambda: delivered(farm, 1))
    assert len(farm.notes("parcel")) == 1


def test_a_worker_that_is_told_to_stop_finishes_what_runs_and_hands_back_the_rest(farm: Farm) -> None:
    farm.post("sleep", 0.7, number=3)
    (worker,) = farm.workers(1, batch=3)
    farm.until(lambda: farm.notes("parcel"))
    worker.terminate()
    assert worker.wait(10) == 0
    assert delivered(farm, 1)
    rest = "SELECT attempts, leased_by, lease_until FROM parcels WHERE due_at IS NOT NULL"
    assert farm.sql(rest) == [(0, "", None)] * 2
    assert farm.sql("SELECT count(*) FROM job_heartbeats") == [(0,)]


def test_one_failing_queue_stops_neither_itself_nor_another(farm: Farm) -> None:
    farm.post("fail", number=2)
    farm.post()
    farm.workers(1)
    farm.until(lambda: len(farm.notes("parcel")) == 3 and len(farm.notes("duty")) == 2)
    farm.until(lambda: delivered(farm, 1))
    assert farm.sql("SELECT count(*) FROM parcels WHERE last_error = 'ConnectionError: nobody at home'") == [(2,)]


def test_five_workers_do_each_duty_once(farm: Farm) -> None:
    farm.workers(5)
    farm.until(lambda: duties_done(farm))
    time.sleep(1)  # five more polls for whoever would do it again
    assert sorted(name for _, _, name in farm.notes("duty")) == ["dust", "polish"]
    assert farm.sql("SELECT count(*) FROM job_heartbeats") == [(5,)]


def test_a_killed_job_goes_on_where_it_was(farm: Farm) -> None:
    (first,) = farm.workers(1, lease=1, beat=0.2)
    farm.sql("INSERT INTO jobs (kind, title) VALUES ('count', 'Count')")
    farm.until(lambda: len(farm.notes("chunk")) >= 20)
    first.kill()
    first.wait()
    farm.workers(1, lease=1, beat=0.2)
    farm.until(lambda: farm.sql("SELECT state, done_count FROM jobs") == [("done", 100)])
    chunks = Counter(int(number) for _, _, number in farm.notes("chunk"))
    assert sorted(chunks) == list(range(100))
    assert sum(chunks.values()) <= 101  # the chunk in which it was killed, and no other, ran twice


@pytest.mark.only_on("postgresql", "SQLite has neither NOTIFY nor a server that could go away")
def test_a_notice_comes_before_the_poll(farm: Farm) -> None:
    farm.workers(1, poll=60)
    time.sleep(0.5)
    with plain_client(farm.url) as execute:
        execute("INSERT INTO parcels DEFAULT VALUES")
        time.sleep(1.5)
        assert farm.notes("parcel") == []  # nobody told
        execute("SELECT pg_notify(?, 'parcels')", queue.CHANNEL)
        assert farm.until(lambda: farm.notes("parcel")) < 1


@pytest.mark.only_on("postgresql", "SQLite has neither NOTIFY nor a server that could go away")
def test_a_worker_outlives_a_database_that_goes_away(farm: Farm) -> None:
    (worker,) = farm.workers(1, lease=20)
    farm.post("sleep", 1)
    farm.until(lambda: farm.notes("parcel"))
    with plain_client(f"{farm.url.rpartition('/')[0]}/postgres") as execute:
        name = farm.url.rpartition("/")[2]
        execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?", name)
        farm.until(lambda: farm.said(1).count("failed") + farm.said(1).count("stumbled") > 5)
        execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    farm.until(lambda: delivered(farm, 1), 30)
    assert len(farm.notes("parcel")) == 1  # what was done meanwhile is written down, not done again
    farm.post()
    farm.until(lambda: delivered(farm, 2), 30)
    with plain_client(farm.url) as execute:  # its ears are back as well
        execute("SELECT pg_notify(?, 'parcels')", queue.CHANNEL)
    assert worker.poll() is None


@pytest.mark.only_on("sqlite", "PostgreSQL has many writers at a time")
@pytest.mark.parametrize(("guard", "waits"), [("", False), ("look", True)])
def test_an_idle_claim_takes_no_write_lock(farm: Farm, guard: str, waits: bool) -> None:
    """And a claim that did not look first would wait for every writer."""
    with plain_client(farm.url) as execute:
        execute("BEGIN IMMEDIATE")
        code = farm.run("idle", sabotage=guard)
        execute("ROLLBACK")
    assert (code != 0, "database is locked" in farm.said(1)) == (waits, waits)
    assert len(farm.notes("idle")) == (0 if waits else 1)


@pytest.mark.only_on("sqlite", "PostgreSQL has many writers at a time")
def test_an_idle_worker_writes_nothing_but_its_heartbeat(farm: Farm) -> None:
    farm.workers(1, beat=60)
    farm.until(lambda: duties_done(farm))
    with plain_client(farm.url) as execute:
        time.sleep(0.3)
        before = execute("PRAGMA data_version")
        time.sleep(1.5)
        assert execute("PRAGMA data_version") == before
        farm.post()
        assert execute("PRAGMA data_version") != before


def test_workers_are_told_apart(farm: Farm) -> None:
    one, other = farm.workers(2)
    pids = {pid for (pid,) in farm.sql("SELECT pid FROM job_heartbeats")}
    assert pids == {one.pid, other.pid}
    assert isinstance(one, subprocess.Popen)

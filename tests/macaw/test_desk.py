"""The staff's desk: what it shows, what it lets whom do, and how many queries it takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from macaw.kernel import clock
from macaw.kernel.jobs import long, queue
from macaw.kernel.jobs.models import Duty, Heartbeat, Job
from macaw.work import DRAINS, JOBS, QUEUES

HTMX = {"HX-Request": "true"}
BELL = 1  # the frame counts notices, which are a queue as well
DESK = BELL + 2 * len(QUEUES) + 3  # a queue's numbers and failures; duties, jobs, workers
LIST = BELL + 2  # its length and one page

pytestmark = pytest.mark.django_db


def fail(number: int = 1) -> None:
    for nth in range(number):
        job = Job.objects.create(kind="rekey", title=f"job {nth}", created_by="user:sam")
        (row,) = queue.claim(Job, "ann")
        queue.give_up(row, ConnectionError(f"away {job.pk}"))


def furnish(number: int) -> None:
    """So many rows of everything."""
    fail(number)
    for nth in range(number):
        Duty.objects.create(name=f"duty {number}-{nth}", every=60)
        Heartbeat.objects.create(worker=f"w{number}-{nth}", host="h", pid=nth)
        long.start(JOBS[0])


def text(client: Client, path: str = "/desk/", **headers: Any) -> str:
    answer = client.get(path, headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


ACTS = [
    ("/desk/queues/jobs/retry/", {}),
    ("/desk/jobs/", {"kind": "rekey"}),
    ("/desk/jobs/{pk}/", {"act": "cancel"}),
]


def test_only_staff_sees_the_desk(as_alice: Client) -> None:
    fail()
    for path in ("/desk/", "/desk/queues/jobs/"):
        answer = as_alice.get(path)
        assert answer.status_code == 403
        assert "away" not in answer.content.decode()
        assert Client().get(path).status_code == 302


@pytest.mark.parametrize(("path", "data"), ACTS)
def test_only_staff_acts_and_a_refusal_changes_nothing(as_alice: Client, path: str, data: dict[str, str]) -> None:
    fail()
    path = path.format(pk=long.start(JOBS[0]).pk)
    Job.objects.filter(state="queued").update(kind="other")  # so that one of the kind could be started
    before = list(Job.objects.values())
    assert as_alice.post(path, data).status_code == 403
    assert Client().post(path, data).status_code == 302
    assert list(Job.objects.values()) == before


@pytest.mark.parametrize(("path", "data"), ACTS)
def test_nothing_is_done_by_a_look(as_sam: Client, path: str, data: dict[str, str]) -> None:
    assert as_sam.get(path.format(pk=1), data).status_code == 405


def test_an_empty_desk_says_that_no_worker_runs(as_sam: Client) -> None:
    shown = text(as_sam)
    assert "No worker is running" in shown
    assert "Nothing was given up" in shown
    Heartbeat.objects.create(worker="w", host="h", pid=1)
    assert "No worker is running" not in text(as_sam)


def test_the_desk_shows_every_queue_of_the_worker(as_sam: Client) -> None:
    assert {drain.name for drain in DRAINS} | {"duties", "jobs"} == set(QUEUES)
    shown = text(as_sam)
    for name in QUEUES:
        assert f'id="q-{name}"' in shown


def test_the_numbers_of_a_queue_are_true() -> None:
    now = clock.now()
    fail(2)
    oldest = now - timedelta(hours=3)
    for due in (oldest, now, now - timedelta(minutes=1), now + timedelta(days=1)):
        Job.objects.create(kind="k", title="t", due_at=due)
    Job.objects.create(kind="k", title="t", state="done", due_at=None)
    assert Job.objects.all().numbers() == {"waiting": 3, "oldest": oldest, "running": 0, "later": 1, "failed": 2}
    queue.claim(Job, "ann")
    assert Job.objects.all().numbers()["running"] == 1
    assert Job.objects.all().numbers()["oldest"] == now - timedelta(minutes=1)


def test_a_failure_says_what_and_since_when_and_is_tried_again(as_sam: Client) -> None:
    fail(2)
    shown = text(as_sam)
    assert shown.count("ConnectionError: away") == 4  # among the failures, and at its job
    one = Job.objects.earliest("pk")
    answer = as_sam.post("/desk/queues/jobs/retry/", {"row": one.pk})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    assert sorted(Job.objects.values_list("state", flat=True)) == ["failed", "queued"]
    assert "1 will be tried again" in text(as_sam)
    as_sam.post("/desk/queues/jobs/retry/")
    assert set(Job.objects.values_list("state", "attempts")) == {("queued", 0)}


def test_a_retry_on_the_list_stays_on_the_list(as_sam: Client) -> None:
    fail()
    answer = as_sam.post("/desk/queues/jobs/retry/", {"stay": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/queues/jobs/")


def test_an_act_answers_htmx_with_the_part(as_sam: Client) -> None:
    fail()
    answer = as_sam.post("/desk/queues/jobs/retry/", headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div class="stack" id="now"')
    assert "HX-Request" in answer.headers["Vary"]


def test_a_job_is_started_once_and_controlled(as_sam: Client) -> None:
    def act(word: str) -> int:
        return as_sam.post(f"/desk/jobs/{Job.objects.get().pk}/", {"act": word}).status_code

    assert as_sam.post("/desk/jobs/", {"kind": "rekey"}).status_code == 303
    assert as_sam.post("/desk/jobs/", {"kind": "rekey"}).status_code == 409
    job = Job.objects.get()
    assert (job.kind, job.state, job.created_by) == ("rekey", "queued", "user:sam")
    assert "<progress" in text(as_sam)
    assert [act("pause"), Job.objects.get().state] == [303, "paused"]
    assert [act("resume"), Job.objects.get().state] == [303, "queued"]
    assert [act("cancel"), Job.objects.get().state] == [303, "cancelled"]
    assert [act("resume"), act("explode")] == [409, 422]


def test_progress_survives_a_reload(as_sam: Client) -> None:
    long.start(JOBS[0])
    (row,) = queue.claim(Job, "ann")
    queue.keep(row, done_count=30, total_count=120, progress="30 of 120 sealed")
    for _ in range(2):
        shown = text(as_sam)
        assert 'max="120" value="30"' in shown
        assert "30 of 120 sealed" in shown


def test_a_list_has_fifty_rows_a_page_and_a_page_for_each_state(as_sam: Client) -> None:
    fail(51)
    first, second = text(as_sam, "/desk/queues/jobs/"), text(as_sam, "/desk/queues/jobs/?page=2")
    assert (first.count('id="r-'), second.count('id="r-')) == (50, 1)
    assert "1–50 of 51" in first
    assert "Nothing here" in text(as_sam, "/desk/queues/jobs/?show=running")


@pytest.mark.parametrize(
    "path", ["/desk/queues/none/", "/desk/queues/jobs/?show=everything", "/desk/queues/none/retry/"]
)
def test_what_does_not_exist_is_missing(as_sam: Client, path: str) -> None:
    answer = as_sam.post(path) if path.endswith("retry/") else as_sam.get(path)
    assert answer.status_code == 404


def test_a_row_that_cannot_be_is_missing(as_sam: Client) -> None:
    assert as_sam.post("/desk/queues/jobs/retry/", {"row": "x"}).status_code == 404
    assert as_sam.post("/desk/jobs/", {"kind": "none"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "own"), [("/desk/", DESK), ("/desk/queues/jobs/", LIST), ("/desk/queues/jobs/?show=waiting", LIST)]
)
def test_queries_do_not_grow_with_the_rows(as_sam: Client, path: str, own: int) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            text(as_sam, path)
        return [query["sql"] for query in queries]

    furnish(1)
    few = asked()
    furnish(29)
    many = asked()
    tables = {"job_duties", "job_heartbeats", *(model._meta.db_table for model in QUEUES.values())}
    assert len([sql for sql in few if any(f'FROM "{table}"' in sql for table in tables)]) == own
    assert len(many) == len(few)


@pytest.mark.only_on("sqlite", "PostgreSQL decides by the size of the table")
@pytest.mark.parametrize("look", [lambda: Job.objects.all().numbers(), lambda: queue.claim(Job, "ann")])
def test_a_queue_is_asked_by_its_indexes(look: Callable[[], object]) -> None:
    """Its table keeps what is done; neither the desk nor a worker may read all that every few seconds."""
    with CaptureQueriesContext(connection) as asked:
        look()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "job_due" in plan
    assert "SCAN jobs" not in plan

"""Probes tell the truth, in words, to anybody on the machine, and look at nobody's session."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from macaw.kernel import clock as product_clock
from macaw.kernel.jobs.models import Heartbeat


def beat(**facts: Any) -> Heartbeat:
    return Heartbeat.objects.create(worker="here:1", host="here", pid=1, **facts)


def refuse_connections(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    raise OperationalError("connection to server at 10.0.0.9 failed: password authentication failed for user macaw")


@pytest.mark.django_db
def test_alive_asks_nothing_of_the_database(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_alive_looks_at_no_session(as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert as_alice.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_when_all_is_well(client: Client) -> None:
    beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert set(answer.json()["checks"]) == {"database", "migrations", "audit", "worker", "clock"}
    assert all(check["ok"] and check["says"] for check in answer.json()["checks"].values())


def only_failure(client: Client) -> tuple[str, str]:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    failed = [(name, check["says"]) for name, check in answer.json()["checks"].items() if not check["ok"]]
    assert len(failed) == 1, failed
    return failed[0]


@pytest.mark.django_db
def test_not_ready_without_a_worker(client: Client) -> None:
    assert only_failure(client) == ("worker", "no worker is alive: start manage.py worker")


@pytest.mark.django_db
def test_a_worker_not_heard_of_for_a_while_does_not_count(client: Client) -> None:
    beat(beat_at=product_clock.now() - timedelta(seconds=31))
    assert only_failure(client)[0] == "worker"


@pytest.mark.django_db
def test_not_ready_with_a_migration_missing(client: Client) -> None:
    beat()
    MigrationRecorder(connection).record_unapplied("domains", "0001_initial")
    assert only_failure(client) == ("migrations", "1 migrations are not applied: run manage.py migrate")


@pytest.mark.django_db
@pytest.mark.parametrize("apart", [timedelta(seconds=3), -timedelta(seconds=3)])
def test_not_ready_when_the_clocks_differ(client: Client, apart: timedelta) -> None:
    beat()
    with time_machine.travel(product_clock.now() + apart):
        name, words = only_failure(client)
    assert name == "clock"
    assert "differ by 3." in words or "differ by 2." in words


@pytest.mark.django_db
def test_a_database_that_is_away_is_said_without_its_address(client: Client) -> None:
    with connection.execute_wrapper(refuse_connections):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "says": "the database does not answer"}
    assert b"10.0.0.9" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_may_call_us_by_any_name(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.1.2.3:8000"}).status_code != 400
    assert client.get("/help/", headers={"host": "10.1.2.3:8000"}).status_code == 400, "pages may not"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code in {403, 405}

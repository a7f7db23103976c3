"""Each line is one JSON object, and holds no secret, wherever it stood."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import LazySettings
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from macaw import logs
from macaw.kernel import queries
from tests import make
from tests.macaw.test_requests import Log, log

__all__ = ["log"]
SECRET = "canary/of+a=secret"


@pytest.fixture
def known() -> Iterator[None]:
    before = set(logs._secrets)
    logs.keep_out([SECRET])
    yield
    logs._secrets.clear()
    logs._secrets.update(before)


@pytest.mark.parametrize(
    "event",
    [
        {"event": f"it is {SECRET}!"},
        {"event": "x", "detail": [{"deep": (SECRET, 1)}]},
        {"event": "x", "url": "postgres://macaw:canary%2Fof%2Ba%3Dsecret@db/macaw"},
        {"event": "x", "object": ValueError(SECRET)},
        {"event": "x", "auth_code": "anything"},
        {"event": "x", "headers": {"Authorization": "Bearer anything", "Cookie": "anything"}},
    ],
)
def test_secrets_are_masked_wherever_they_stand(known: None, log: Log, event: dict[str, Any]) -> None:
    structlog.get_logger("macaw.test").info(event.pop("event"), **event)
    (line,) = log.lines
    assert logs.MASK in str(line)
    assert "canary" not in str(line)
    assert "anything" not in str(line)


def test_other_words_are_left_alone(known: None, log: Log) -> None:
    structlog.get_logger("macaw.test").info("domain.renewed", domain="canary.example", years=2)
    (line,) = log.lines
    assert (line["event"], line["domain"], line["years"]) == ("domain.renewed", "canary.example", 2)


def test_lines_of_libraries_are_json_too(known: None, log: Log) -> None:
    logging.getLogger("some.library").warning("two\nlines and %s", SECRET)
    (line,) = log.lines
    assert line["event"] == f"two\nlines and {logs.MASK}"
    assert line["level"] == "warning"
    assert line["logger"] == "some.library"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])


def test_tracebacks_are_masked(known: None, log: Log) -> None:
    try:
        int(SECRET)
    except ValueError:
        structlog.get_logger("macaw.test").exception("it.failed")
    (line,) = log.lines
    assert "ValueError" in line["exception"]
    assert "canary" not in line["exception"]


@pytest.mark.django_db(transaction=True)
def test_a_row_in_a_database_error_is_not_logged(log: Log) -> None:
    owner = make.customer(email="private@example.com")
    try:
        make.customer(username=owner.username, email=owner.email, currency="nothing")
    except IntegrityError:
        structlog.get_logger("macaw.test").exception("it.failed")
    (line,) = log.lines
    assert "IntegrityError" in line["exception"]
    assert "private@example.com" not in json.dumps(line)


@pytest.mark.django_db
def test_a_slow_query_is_logged_without_its_parameters(log: Log, settings: LazySettings) -> None:
    settings.MACAW_SLOW_QUERY_MS = 0
    queries.watch()
    connection.execute_wrappers.append(queries._timed)
    try:
        make.customer(email="private@example.com")
    finally:
        connection.execute_wrappers.remove(queries._timed)
    slow = [line for line in log.lines if line["event"] == "query.slow"]
    assert any("INSERT INTO" in line["sql"] for line in slow)
    assert "private@example.com" not in json.dumps(slow)


@pytest.mark.django_db
def test_a_quick_query_is_not_logged(log: Log) -> None:
    with CaptureQueriesContext(connection) as asked:
        make.customer()
    assert asked.captured_queries
    assert log.lines == []


def test_diffsettings_shows_no_secret(known: None, settings: LazySettings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.EMAIL_HOST_PASSWORD = SECRET
    call_command("diffsettings", "--all")
    shown = capsys.readouterr().out
    assert "EMAIL_HOST_PASSWORD" in shown
    assert "canary" not in shown
    assert settings.SECRET_KEY not in shown

"""Each request has an id, one line in the log, and an address that the client cannot choose."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.utils import OperationalError
from django.test import Client, RequestFactory
from django.urls import ResolverMatch

from macaw.kernel import requests


class Log:
    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def about(self, event: str) -> dict[str, Any]:
        (line,) = [line for line in self.lines if line["event"] == event]
        return line


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged, as it would be written."""
    kept = Log()
    ours = logging.getLogger().handlers[0]
    handler = logging.StreamHandler(kept.stream)
    handler.setFormatter(ours.formatter)
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_the_answer_and_its_line_share_an_id(client: Client, log: Log) -> None:
    answer = client.get("/healthz?secret=of-a-query")
    line = log.about("request.answered")
    assert line["request_id"] == answer["X-Request-Id"]
    assert (line["method"], line["path"], line["status"], line["user"]) == ("GET", "/healthz", 200, "")
    assert "of-a-query" not in str(log.lines)


@pytest.mark.django_db
def test_two_requests_have_two_ids(client: Client) -> None:
    assert client.get("/healthz")["X-Request-Id"] != client.get("/healthz")["X-Request-Id"]


@pytest.mark.django_db
def test_a_client_cannot_choose_the_id(client: Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "mine"})["X-Request-Id"] != "mine"


@pytest.mark.django_db
def test_the_line_names_who_asked(as_alice: Client, log: Log) -> None:
    as_alice.get("/settings/")
    assert log.about("request.answered")["user"] == "alice"


@pytest.mark.django_db
def test_a_failure_is_logged_once_with_its_traceback(client: Client, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the reason")

    monkeypatch.setattr("macaw.health.examine", fail)
    client.raise_request_exception = False
    answer = client.get("/readyz")
    assert answer.status_code == 500
    line = log.about("request.failed")
    assert "the reason" in line["exception"]
    assert line["request_id"] == answer["X-Request-Id"]
    assert log.about("request.answered")["level"] == "error"


@pytest.mark.django_db
def test_the_id_is_there_even_when_sessions_are_not(
    as_alice: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("customers.login.sessions.SessionStore._get_session_from_db", away)
    as_alice.raise_request_exception = False
    answer = as_alice.get("/settings/")
    assert answer.status_code >= 500
    assert answer["X-Request-Id"] == log.about("request.answered")["request_id"]
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_what_our_proxies_append_is_believed(
    settings: LazySettings, proxies: int, forwarded: str, address: str
) -> None:
    settings.MACAW_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert requests.client_address(request) == address


def test_a_peer_on_a_unix_socket_has_no_address() -> None:
    assert requests.client_address(RequestFactory().get("/", REMOTE_ADDR="")) == "unix"


def test_secret_parts_of_a_path_are_not_shown() -> None:
    request = RequestFactory().get("/invitations/open-sesame/")
    request.resolver_match = ResolverMatch(lambda: None, (), {"token": "open-sesame"})
    assert requests.shown_path(request) == "/invitations/•/"

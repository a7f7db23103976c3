"""Prometheus reads true counts, with the token alone, from any of several processes."""

import re
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from macaw.kernel import clock
from macaw.kernel.jobs.models import Duty, Heartbeat
from tests import running

TOKEN = {"authorization": "Bearer test-metrics-token"}


def read(client: Client) -> str:
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    return answer.content.decode()


def value(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer wrong"}, {"authorization": "test-metrics-token"}])
def test_without_the_token_nothing_is_told(client: Client, given: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=given)
    assert answer.status_code == 403
    assert b"macaw_" not in answer.content


@pytest.mark.django_db
def test_without_a_token_set_there_is_no_such_page(client: Client, settings: LazySettings) -> None:
    settings.MACAW_METRICS_TOKEN = ""
    assert client.get("/metrics", headers=TOKEN).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_queues_are_told_as_they_are(client: Client) -> None:
    now = clock.now()
    Duty.objects.create(name="late", every=60, due_at=now - timedelta(seconds=90))
    Duty.objects.create(name="later", every=60, due_at=now + timedelta(hours=1))
    Duty.objects.create(name="held", every=60, due_at=now, lease_until=now + timedelta(hours=1), leased_by="here:1")
    Duty.objects.create(name="failed", every=60, due_at=None, failed_at=now)
    Heartbeat.objects.create(worker="here:1", host="here", pid=1)
    text = read(client)
    assert value(text, 'macaw_queue_due{queue="duties"}') == 1
    assert 90 <= value(text, 'macaw_queue_lag_seconds{queue="duties"}') < 120
    assert value(text, 'macaw_queue_held{queue="duties"}') == 1
    assert value(text, 'macaw_queue_failed{queue="duties"}') == 1
    assert value(text, "macaw_workers") == 1


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_not_by_path(client: Client) -> None:
    sample = 'macaw_request_seconds_count{method="GET",status="404",view="none"}'
    before = value(read(client), sample)
    client.get("/no-such-page/one/")
    client.get("/no-such-page/two/")
    text = read(client)
    assert value(text, sample) == before + 2
    assert "no-such-page" not in text


def test_every_process_tells_the_sum_of_all() -> None:
    with tempfile.TemporaryDirectory(prefix="macaw-", dir="/tmp") as name:
        folder, sock = Path(name), Path(name) / "web.sock"
        environment = running.bare(
            MACAW_DEMO="1", MACAW_DATA_DIR=name, MACAW_METRICS_TOKEN="test-metrics-token", WEB_CONCURRENCY="2"
        )
        for arguments in (("migrate", "-v0"), ("collectstatic", "--no-input", "-v0")):
            assert running.manage(*arguments, **environment).returncode == 0
        with running.process([str(running.BIN / "gunicorn"), "--bind", f"unix:{sock}"], environment, folder / "log"):
            for _ in running.eventually("the socket is there"):
                if sock.exists():
                    break
            for _ in range(40):
                assert running.get(running.UnixConnection(sock), "/healthz").status == 200
            told = [running.get(running.UnixConnection(sock), "/metrics", **TOKEN).body for _ in range(6)]
            log = (folder / "log").read_text()
    assert len(re.findall("Booting worker", log)) == 2
    assert [value(text, 'macaw_request_seconds_count{method="GET",status="200",view="healthz"}') for text in told] == [
        40
    ] * 6

"""Real worker processes and a real mail server: two at once, and one that is killed between sending and noting."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.customers.mailing.post_office import PostOffice, opened
from tests.macaw.kernel.jobs.farm import fresh_database, plain_client
from tests.running import bare, eventually, manage, process

pytestmark = pytest.mark.django_db
ONE_MORE = """
INSERT INTO notices (kind, recipient, subject, body_text, body_html, decided_at, user_id)
SELECT kind, recipient, subject, body_text, body_html, decided_at, user_id FROM notices ORDER BY id LIMIT 1
"""


@dataclass
class Place:
    """A migrated database of its own with one notice due, a post office, and workers on demand."""

    settings: dict[str, str]
    folder: Path
    office: PostOffice

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with plain_client(self.settings["DATABASE_URL"]) as execute:
            return execute(statement)

    def worker(self) -> AbstractContextManager[Popen[bytes]]:
        return process([sys.executable, "manage.py", "worker"], bare(**self.settings), self.folder / "log")

    def until(self, true: Callable[[], object]) -> None:
        for _ in eventually("the workers get there", 60):
            if true():
                return

    def all_noted(self) -> bool:
        return self.sql("SELECT count(*) FROM notices WHERE sent_at IS NULL") == [(0,)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    facts = settings.DATABASES["default"]
    address = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}"
    server = f"postgres://{address}/postgres" if connection.vendor == "postgresql" else "sqlite"
    office = PostOffice()
    with fresh_database(server, tmp_path) as url, opened(office) as port:
        environment = {
            "MACAW_DEMO": "1",
            "MACAW_DATA_DIR": str(tmp_path),
            "MACAW_LOG_FORMAT": "json",
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        }
        done = manage("demo", "--seed-only", **environment)
        assert done.returncode == 0, done.stderr
        made = Place(environment, tmp_path, office)
        made.sql("DELETE FROM notices WHERE id > (SELECT min(id) FROM notices)")
        yield made


def test_two_workers_send_each_mail_once(place: Place) -> None:
    for _ in range(39):
        place.sql(ONE_MORE)
    place.office.slow = 0.05
    with place.worker(), place.worker():
        place.until(place.all_noted)
    assert len(place.office.ids) == len(set(place.office.ids)) == 40
    assert place.office.lines >= 2
    assert "job.retried" not in (place.folder / "log").read_text()


def test_a_worker_killed_before_it_could_note_it_costs_a_second_copy_that_says_so(place: Place) -> None:
    place.office.may_answer.clear()
    with place.worker() as first:
        place.until(lambda: place.office.ids)
        first.kill()
        first.wait()
    place.office.may_answer.set()
    assert not place.all_noted()
    with place.worker():
        place.until(place.all_noted)
    assert len(place.office.ids) == 2
    assert len(set(place.office.ids)) == 1
    assert place.sql("SELECT attempts, failed_at, last_error FROM notices") == [(0, None, "")]

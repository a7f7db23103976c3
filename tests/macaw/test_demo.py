"""The demo plants itself once, serves on loopback alone, and leaves nothing running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from billing.models import Invoice, Payment
from customers.mailing.models import Notice
from customers.models import Customer, User
from domains import queries
from domains.models import Domain
from macaw.demo import seed
from macaw.kernel import doctor
from tests import make, running
from tests.house.tree import ROOT
from tests.postgres import free_port


def settings(folder: Path) -> dict[str, str]:
    return {"MACAW_DEMO": "1", "MACAW_DATA_DIR": str(folder)}


@pytest.mark.django_db(transaction=True)
def test_everybody_is_there() -> None:
    assert seed.plant()
    alice, bob, charlie, sam = (
        User.objects.get(issuer="demo", subject=name) for name in ("alice", "bob", "charlie", "sam")
    )
    studio, crane = Customer.objects.order_by("pk")
    assert (studio.company_name, crane.company_name) == ("Ashdown Studio", "Crane & Sons")
    assert [(one.user, one.role) for one in studio.memberships.order_by("pk")] == [(alice, "owner"), (bob, "viewer")]
    assert [(one.user, one.role) for one in crane.memberships.all()] == [(charlie, "owner")]
    assert sam.is_staff
    assert not sam.is_superuser
    assert [group.name for group in sam.groups.all()] == ["admin"]
    assert not User.objects.exclude(pk=sam.pk).filter(is_staff=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_planting_changes_nothing() -> None:
    assert seed.plant()
    before = [model.objects.count() for model in (User, Customer, Domain, Invoice, Payment, Notice)]
    assert not seed.plant()
    assert [model.objects.count() for model in (User, Customer, Domain, Invoice, Payment, Notice)] == before


@pytest.mark.django_db(transaction=True)
def test_home_has_something_to_say() -> None:
    seed.plant()
    studio = Customer.objects.get(company_name="Ashdown Studio")
    holdings = queries.holdings(studio)
    assert (holdings.held, holdings.unconfirmed) == (24, 1)
    assert holdings.due_soon >= 3
    assert [str(domain) for domain in queries.lapsing(studio)] == ["brambleworks.com", "ashdown-prints.com"]
    assert studio.domains.filter(domain_name__startswith="xn--").exists()
    assert set(studio.invoices.values_list("status", flat=True)) == {"paid", "issued", "overdue"}
    assert set(studio.domains.get(domain_name="ashdown.us").tld_data.values_list("data_key", flat=True)) >= {
        "nexus_category"
    }


@pytest.mark.django_db(transaction=True)
def test_the_doctor_finds_nothing() -> None:
    seed.plant()
    assert [(result.name, result.first) for result in doctor.examine_all() if not result.ok] == []


@pytest.mark.django_db(transaction=True)
def test_a_negative_balance_is_what_is_open() -> None:
    seed.plant()
    studio = Customer.objects.get(company_name="Ashdown Studio")
    unpaid = sum(invoice.total_amount - invoice.paid_amount for invoice in studio.invoices.all())
    assert studio.account_balance == -unpaid
    assert unpaid > 0


@pytest.mark.django_db
def test_a_database_with_real_people_is_left_alone() -> None:
    make.user("somebody")
    with pytest.raises(CommandError, match="people who are not the demo's"):
        seed.refuse_strangers()
    with pytest.raises(CommandError, match="people who are not the demo's"):
        seed.clear()


SERVED = {
    "MACAW_DEMO": "0",
    "MACAW_BASE_URL": "http://127.0.0.1:8000",
    "MACAW_KEYRING_FILE": "/nonexistent",
    "MACAW_AUDIT_KEY_FILE": "/nonexistent",
    "MACAW_AUTH_PORTAL_URL": "http://127.0.0.1:9091",
    "MACAW_AUTH_PEERS": "unix",
    "MACAW_AUTH_SECRET": "x1y2z3" * 10,
}


@pytest.mark.parametrize(
    ("arguments", "changes", "words"),
    [
        ([], SERVED, "MACAW_DEMO=1"),
        (["--host", "0.0.0.0"], {}, "loopback address only, not on 0.0.0.0"),
        (["--host", "names.example.com"], {}, "loopback address only"),
        (["--port", "70000"], {}, "70000 is no port"),
        ([], {"MACAW_REGISTRAR_LIVE": "1"}, "live registrar"),
    ],
)  # fmt: skip
def test_it_refuses_in_a_sentence(tmp_path: Path, arguments: list[str], changes: dict[str, str], words: str) -> None:
    served = settings(tmp_path / "var") | {"SECRET_KEY": "x1y2z3" * 10} | changes
    done = running.manage("demo", *arguments, **served)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "var" / "macaw.sqlite3").exists()


class Served:
    """A demo that runs, as somebody starts it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.output = folder.parent / "output"
        self.environment = running.bare(**settings(folder))
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port)],
                cwd=ROOT, env=self.environment, stdout=file, stderr=file,
            )  # fmt: skip
        for _ in running.eventually("it says that it is ready", 90):
            if "Macaw is ready" in self.output.read_text() or self.process.poll() is not None:
                break

    def children(self) -> dict[str, int]:
        listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False)  # fmt: skip
        pairs = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
        return {"worker" if "worker" in arguments else "web": int(pid) for pid, arguments in pairs}

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    demo = Served(tmp_path / "var")
    yield demo
    if demo.process.poll() is None:
        demo.process.terminate()
        demo.process.wait(30)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.timeout(300)
def test_it_serves_and_a_signal_ends_all_of_it(served: Served) -> None:
    said = served.output.read_text()
    assert f"Macaw is ready:  http://127.0.0.1:{served.port}" in said
    assert all(name in said for name in ("Alice", "Bob", "Charlie", "Sam"))
    assert running.get(HTTPConnection("127.0.0.1", served.port), "/readyz").status == 200
    page = running.get(HTTPConnection("127.0.0.1", served.port), "/help/")
    assert page.status == 200
    second = running.manage("demo", "--port", str(served.port), **settings(served.folder))
    assert f"Port {served.port} is taken" in second.stderr
    other = running.manage("demo", "--reset", **settings(served.folder))
    assert "A demo runs already" in other.stderr
    children = served.children()
    assert set(children) == {"web", "worker"}
    assert served.end(signal.SIGINT) == 0
    assert not any(map(lives, children.values()))
    assert "Stopped." in served.output.read_text()


@pytest.mark.timeout(300)
def test_if_one_dies_the_rest_do_not_live_on(served: Served) -> None:
    children = served.children()
    os.kill(children["worker"], signal.SIGKILL)
    assert served.process.wait(30) == 1
    assert "The worker process ended by itself, so everything was stopped" in served.output.read_text()
    assert not lives(children["web"])


@pytest.mark.timeout(300)
def test_a_reset_starts_over(tmp_path: Path) -> None:
    here = settings(tmp_path)
    rename = "from customers.models import Customer; Customer.objects.update(company_name='Mine')"
    count = "from customers.models import Customer; print(Customer.objects.filter(company_name='Mine').count())"
    assert running.manage("demo", "--seed-only", **here).returncode == 0
    assert running.manage("shell", "-c", rename, **here).returncode == 0
    assert running.manage("demo", "--seed-only", **here).returncode == 0
    assert running.manage("shell", "-v", "0", "-c", count, **here).stdout == "2\n", "a second run keeps the data"
    assert running.manage("demo", "--reset", **here).returncode == 0
    assert running.manage("shell", "-v", "0", "-c", count, **here).stdout == "0\n"

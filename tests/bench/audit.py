"""make bench-audit: what capture costs each kind of write on both databases, and how fast the trail is sealed and proven."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import postgres
from tests.house.tree import ROOT

ROUNDS = 6  # each with capture and without, in turns, for the machine may have other things to do
SAVES = 50
MANY = 1000
AIM = 1.3  # a save in its own transaction, with capture to without
ROWS = {
    "update": "save() of a row",
    "insert": "create() of a row",
    "bulk_create": f"bulk_create of {MANY}",
    "bulk_update": "bulk_update of 200",
    "mass_update": f"update() of {MANY}",
    "delete": f"delete() of {MANY}",
}
SPEEDS = {
    "seal": "entries sealed a second",
    "prove": "entries proven a second",
    "complete": "entries checked for gaps a second",
    "elsewhere": "entries proven a second by the lone file",
}


def per_second(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def ratios() -> dict[str, tuple[float, float]]:
    """For each kind of write: the ratio of medians, and of the quickest tenths, for noise only adds."""
    taken: dict[tuple[str, bool], list[float]] = {}
    for number in range(2 * ROUNDS):
        captured = bool(number % 2)
        with _capture(captured) as change:
            for name, seconds in _round(change, number):
                if number > 1:  # the first two warm up
                    taken.setdefault((name, captured), []).extend(seconds)
    found = {}
    for name in ROWS:
        off, on = sorted(taken[name, False]), sorted(taken[name, True])
        found[name] = (statistics.median(on) / statistics.median(off), on[len(on) // 10] / off[len(off) // 10])
    return found


@contextmanager
def _capture(on: bool) -> Iterator[Callable[[], Any]]:
    """With capture and gestures as the product has them, or with plain transactions and no trigger."""
    from django.db import connection, transaction

    from audit.capture import standing
    from macaw.kernel.writing import Actor, writing

    if on:
        standing.restore(connection)
        yield lambda: writing(Actor("user", "bench", ip_address="192.0.2.1", user_agent="bench"), "contact.changed")
    else:
        standing.take_down(connection)
        yield transaction.atomic


def _round(change: Callable[[], Any], number: int) -> Iterator[tuple[str, list[float]]]:
    from customers.models import Contact, Customer
    from tests import make

    customer = Customer.objects.get()
    row = Contact.objects.first() or make.contact(customer)
    columns = [field.attname for field in Contact._meta.concrete_fields if not field.primary_key]
    facts = {name: getattr(row, name) for name in columns} | {"organization": f"Bench {number}"}
    mine = Contact.objects.filter(organization=f"Bench {number}")

    def update(n: int) -> None:
        row.city = f"City {number} {n}"
        row.save()

    def bulk_update() -> None:
        some = list(mine[:200])
        for contact in some:
            contact.city = "Leeds"
        Contact.objects.bulk_update(some, ["city"], 100)

    yield "update", _timed(change, update, SAVES)
    yield "insert", _timed(change, lambda n: make.contact(customer, last_name=str(n)), SAVES)
    yield "bulk_create", _timed(change, lambda _: Contact.objects.bulk_create(Contact(**facts) for _ in range(MANY)))
    yield "bulk_update", _timed(change, lambda _: bulk_update())
    yield "mass_update", _timed(change, lambda _: mine.update(city="York"))
    yield "delete", _timed(change, lambda _: mine.delete())


def _timed(change: Callable[[], Any], work: Callable[[int], object], times: int = 1) -> list[float]:
    """Seconds for this work, each time in a transaction of its own."""
    taken = []
    for n in range(times):
        started = time.perf_counter()
        with change():
            work(n)
        taken.append(time.perf_counter() - started)
    return taken


def speeds(folder: Path) -> dict[str, float]:
    """How fast what the writes left is sealed, proven here, checked for gaps and proven elsewhere."""
    from django.core.management import call_command
    from django.db import connection

    from audit import completeness, proving, sealing, verifier
    from audit.capture import standing
    from audit.models import AuditLog

    standing.restore(connection)
    count = AuditLog.objects.count()
    found = {"seal": per_second(count, sealing.seal_all)}
    found["prove"] = per_second(count, lambda: list(proving.prove()[1]))
    found["complete"] = per_second(count, lambda: [*completeness.breaks(), *completeness.gaps()])
    export = folder / "trail.jsonl"
    with (folder / "said").open("w") as said:
        call_command("audit_export", export, stdout=said)
        alone = [sys.executable, "-I", "-S", str(verifier.__file__), str(export)]
        found["elsewhere"] = per_second(count, lambda: subprocess.run(alone, check=True, stdout=said))
    return found


def measure() -> None:
    """In a process of its own, on the database it was given: prints ratios and speeds, a line each."""
    import django
    from django.core.management import call_command

    django.setup()
    from tests import make

    call_command("migrate", verbosity=0)
    make.customer()
    for name, (median, quickest) in ratios().items():
        sys.stdout.write(f"{name} {median} {quickest}\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, speed in speeds(Path(folder)).items():
            sys.stdout.write(f"{name} {speed}\n")


def run(url: str, folder: Path) -> dict[str, list[float]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {
        "DJANGO_SETTINGS_MODULE": "macaw.settings",
        "MACAW_ENV_FILE": os.devnull,
        "MACAW_DEMO": "1",
        "MACAW_DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "MACAW_STATEMENT_TIMEOUT": "0",
        "MACAW_SLOW_QUERY_MS": "600000",
    }
    command = [sys.executable, "-m", "tests.bench.audit", "--measure"]
    done = subprocess.run(command, cwd=ROOT, env=kept | settings, check=True, stdout=subprocess.PIPE, text=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: [float(each) for each in figures] for name, *figures in lines}


def table(figures: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    yield f"{'with capture to without':42}" + "".join(f"{name + ' (quickest)':>24}" for name in figures)
    for key, title in ROWS.items():
        yield f"{title:42}" + "".join(f"{found[key][0]:15.2f} ({found[key][1]:6.2f})" for found in figures.values())
    for key, title in SPEEDS.items():
        yield f"{title:42}" + "".join(f"{found[key][0]:24,.0f}" for found in figures.values())


def main() -> int:
    if "--measure" in sys.argv:
        measure()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = {"SQLite": run(f"sqlite:///{folder}/bench.sqlite3", Path(folder))}
        if postgres.binaries() is None:
            sys.stdout.write("PostgreSQL: skipped, no server binaries were found.\n")
        else:
            with postgres.throwaway(durable=True) as server:
                figures["PostgreSQL"] = run(server, Path(folder))
    faults = [
        f"{name}: a save costs {found['update'][0]:.2f} times as much with capture, the aim is {AIM}"
        for name, found in figures.items()
        if found["update"][0] > AIM
    ]
    sys.stdout.writelines(f"{line}\n" for line in (*table(figures), *faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

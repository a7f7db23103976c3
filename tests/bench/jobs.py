"""make bench-jobs: how fast work is picked up, drained and recovered, with two real worker processes, on both databases."""

import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.macaw.kernel.jobs.farm import Farm, founded

PICKUPS, PACE = 60, 0.053  # seconds between two
BACKLOG = 1500
LONG_WORK = 6.0  # seconds
FIRST_TENTH = BACKLOG // 10
REPEATS = 3

# A prototype of sixty lines on the machine of the first measurements: no retries, no renewal, no logs, no fence.
PROTOTYPE = {
    "SQLite": {"enqueue": 7882, "drain": 11019, "p50": 99, "p95": 191, "recovery": 9.3},
    "PostgreSQL": {"enqueue": 1570, "drain": 1782, "p50": 2.5, "p95": 8.3, "recovery": 9.9},
}
AIMS = {
    "SQLite": {"recovery": 10.0},
    "PostgreSQL": {"drain": 1500, "p50": 5.0, "recovery": 10.0},
}
ROWS = {
    "p50": "pickup p50, ms",
    "p95": "pickup p95, ms",
    "enqueue": "enqueued a second",
    "drain": "drained a second",
    "recovery": "after kill -9, s",
}
MORE_IS_BETTER = {"enqueue", "drain"}


@contextmanager
def farm(server: str) -> Iterator[Farm]:
    with tempfile.TemporaryDirectory() as folder, founded(server, Path(folder)) as made:
        yield made


def pickup(server: str) -> dict[str, float]:
    with farm(server) as made:
        made.workers(2)
        assert made.run("enqueue", str(PICKUPS), str(PACE)) == 0
        made.until(lambda: len(made.notes("parcel")) == PICKUPS)
        queued = {about: at for _, at, about in made.notes("enqueued")}
        waits = sorted((at - queued[about]) * 1000 for _, at, about in made.notes("parcel"))
        return {"p50": statistics.median(waits), "p95": waits[int(0.95 * PICKUPS)]}


def backlog(server: str) -> dict[str, float]:
    with farm(server) as made:
        assert made.run("enqueue", str(BACKLOG)) == 0
        queued = [at for _, at, _ in made.notes("enqueued")]
        for _ in range(2):
            made.child("work", batch=20)
        made.until(lambda: len(made.notes("parcel")) == BACKLOG, 60)
        starts = sorted(at for _, at, _ in made.notes("parcel"))
        made.until(lambda: made.sql("SELECT count(*) FROM parcels WHERE due_at IS NOT NULL") == [(0,)])
        rate = (BACKLOG - FIRST_TENTH) / (starts[-1] - starts[FIRST_TENTH])
        return {"enqueue": (BACKLOG - 1) / (queued[-1] - queued[0]), "drain": rate}


def recovery(server: str) -> dict[str, float]:
    with farm(server) as made:
        workers = {worker.pid: worker for worker in made.workers(2)}
        made.post("sleep", LONG_WORK)
        made.until(lambda: made.notes("parcel"))
        time.sleep(1)
        victim = made.notes("parcel")[0][0]
        workers[victim].send_signal(signal.SIGKILL)
        return {"recovery": made.until(lambda: len(made.notes("parcel")) == 2, 60)}


def measure(server: str) -> dict[str, float]:
    """Medians of three, for the machine may have other things to do; the recovery once."""
    runs = [pickup(server) | backlog(server) for _ in range(REPEATS)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]} | recovery(server)


def missed(database: str, figures: dict[str, float]) -> list[str]:
    return [
        f"{database}: {ROWS[name]} is {figures[name]:.1f}, the aim is {aim:g}"
        for name, aim in AIMS[database].items()
        if (figures[name] < aim if name in MORE_IS_BETTER else figures[name] > aim)
    ]


def table(figures: dict[str, dict[str, float]]) -> Iterator[str]:
    yield f"{'':22}" + "".join(f"{name:>12}{'prototype':>12}{'aim':>8}" for name in figures)
    for key, title in ROWS.items():
        cells = [(found[key], PROTOTYPE[name][key], AIMS[name].get(key, "")) for name, found in figures.items()]
        yield f"{title:22}" + "".join(f"{ours:12.1f}{theirs:12g}{aim:>8}" for ours, theirs, aim in cells)


def main() -> int:
    figures = {"SQLite": measure("sqlite")}
    if postgres.binaries() is None:
        sys.stdout.write("PostgreSQL: skipped, no server binaries were found.\n")
    else:
        with postgres.throwaway(durable=True) as server:
            figures["PostgreSQL"] = measure(server)
    faults = [fault for name, found in figures.items() for fault in missed(name, found)]
    sys.stdout.writelines(f"{line}\n" for line in (*table(figures), *faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

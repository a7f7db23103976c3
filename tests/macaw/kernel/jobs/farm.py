"""A database of its own and real worker processes on it, seen from outside through a plain client."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3

CHILD = (sys.executable, "-W", "error", "-m", "tests.macaw.kernel.jobs.parcels")


@dataclass
class Farm:
    url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def on_postgres(self) -> bool:
        return self.url.startswith("postgres")

    @property
    def log(self) -> Path:
        return self.folder / "starts"

    def child(self, *words: str, **settings: object) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "MACAW_TEST_DATABASE_URL": self.url,
            "FARM_LOG": str(self.log),
            **{f"FARM_{name.upper()}": str(value) for name, value in settings.items()},
        }
        with (self.folder / f"stderr-{len(self.processes)}").open("wb") as stderr:
            process = subprocess.Popen((*CHILD, *words), env=environment, stderr=stderr)
        self.processes.append(process)
        return process

    def run(self, *words: str, **settings: object) -> int:
        return self.child(*words, **settings).wait(60)

    def workers(self, number: int = 1, **settings: object) -> list[subprocess.Popen[bytes]]:
        """Workers that have begun."""
        before = len(self.processes)
        started = [self.child("work", **settings) for _ in range(number)]
        self.until(lambda: all("worker.started" in self.said(before + nth) for nth in range(number)), 30)
        return started

    def said(self, nth: int) -> str:
        """The log of the nth process."""
        return (self.folder / f"stderr-{nth}").read_text()

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """As a plain client does it, with ? for a value."""
        with plain_client(self.url) as execute:
            return execute(statement, *values)

    def post(self, order: str = "", seconds: float = 0, number: int = 1) -> None:
        """Work that is due at once, without a word to the workers."""
        for _ in range(number):
            self.sql('INSERT INTO parcels ("order", seconds) VALUES (?, ?)', order, seconds)

    def notes(self, kind: str) -> list[tuple[int, float, str]]:
        """(process, time, about) of each line of this kind."""
        lines = [line.split(" ", 3) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [(int(pid), float(at), about) for pid, at, what, about in lines if what == kind]

    def until(self, true: Callable[[], object], seconds: float = 15) -> float:
        """Wait until it is true; how long that took."""
        began = time.time()  # noqa: TID251  # compared with what other processes noted
        while not true():
            waited = time.time() - began  # noqa: TID251
            assert waited < seconds, f"still not true after {seconds} s\n" + "\n".join(
                self.said(nth) for nth in range(len(self.processes))
            )
            time.sleep(0.01)
        return time.time() - began  # noqa: TID251

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def plain_client(url: str) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    if url.startswith("postgres"):
        connection = psycopg.connect(url, autocommit=True)
    else:
        connection = pysqlite3.connect(url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)

    def execute(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        text = statement.replace("?", "%s") if url.startswith("postgres") else statement
        cursor = connection.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []

    try:
        yield execute
    finally:
        connection.close()


@contextmanager
def fresh_database(server: str, folder: Path) -> Iterator[str]:
    """An empty database: a file in `folder`, or a new one on the PostgreSQL server that `server` names."""
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder / 'farm.sqlite3'}"
        return
    name = f"farm_{secrets.token_hex(4)}"
    with plain_client(server) as execute:
        execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def founded(server: str, folder: Path) -> Iterator[Farm]:
    """A farm with its tables, whose processes end with it."""
    with fresh_database(server, folder) as url:
        farm = Farm(url, folder)
        try:
            assert farm.run("tables") == 0, farm.said(0)
            yield farm
        finally:
            farm.stop()

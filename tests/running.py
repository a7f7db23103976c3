"""The product as its own processes, for tests of what only whole processes show."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from macaw.kernel import clock
from tests.house.tree import ROOT

STEP = 0.05
BIN = Path(sys.executable).parent


def bare(**settings: str) -> dict[str, str]:
    """An environment with these settings and none of the developer's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"MACAW_ENV_FILE": os.devnull, "PYTHONWARNINGS": "ignore"} | settings


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=bare(**settings), capture_output=True, text=True, check=False)


@contextmanager
def process(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """It runs inside the block; afterwards it has ended by itself or by SIGTERM."""
    with log.open("ab") as file:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                raise


class UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        self.sock.connect(str(self.path))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


def ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read().decode())
    finally:
        connection.close()


def get(connection: HTTPConnection, path: str, **headers: str) -> Answer:
    return ask(connection, "GET", path, headers=headers)


def eventually(promise: str, seconds: float = 30) -> Iterator[None]:
    """`for _ in eventually("it answers"): if …: break`; fails with the promise when the time is over."""
    until = clock.seconds() + seconds
    while clock.seconds() < until:
        yield
        time.sleep(STEP)
    raise AssertionError(f"not within {seconds:g} s: {promise}")

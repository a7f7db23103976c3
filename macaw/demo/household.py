"""The demo's processes: started together, stopped together, and if one dies the rest do not live on."""

import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from threading import Event

from macaw.kernel import clock

STEP = 0.1  # seconds between two looks
SOON = 15.0  # seconds a child gets to stop; then it is killed
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just left counts as free
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


class Household:
    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
        self.stopping = Event()
        self.commands = commands
        self.environment = environment
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Inside it the children run; a signal ends the wait, and leaving it ends them, however it is left."""
        before = {number: signal.signal(number, self._stop) for number in SIGNALS}
        try:
            for name, command in self.commands.items():
                # A session of its own: Ctrl-C reaches this process alone, which then stops them in good order.
                self.children[name] = subprocess.Popen(command, env=self.environment, start_new_session=True)  # noqa: S603  # our own programs
            yield
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def wait_until_ready(self, host: str, port: int, seconds: float) -> bool:
        until = clock.seconds() + seconds
        while clock.seconds() < until and not self.stopping.is_set() and self.dead() is None:
            if _answers(host, port):
                return True
            self.stopping.wait(STEP)
        return False

    def watch(self) -> None:
        """Return when a signal came or a child died."""
        while not self.stopping.wait(STEP) and self.dead() is None:
            pass

    def dead(self) -> str | None:
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def _stop(self, number: int, frame: object) -> None:
        self.stopping.set()

    def _end(self) -> None:
        for child in self.children.values():
            child.terminate()
        until = clock.seconds() + SOON
        for child in self.children.values():
            try:
                child.wait(max(0.0, until - clock.seconds()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

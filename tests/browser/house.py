"""The running product: gunicorn, a SQLite file and collected, hashed static files, all in a folder of its own."""

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "macaw.sqlite3"
STAGED = "staged.json"
SECRET_KEY = "a-key-for-tests-alone-which-is-long-enough-to-be-taken"


@dataclass(frozen=True, slots=True)
class House:
    origin: str
    folder: Path
    staged: dict[str, Any]
    """What `tests.browser.stage` made: session cookies by person, and the paths that depend on rows."""

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def restore(self) -> None:
        """Put the database back as it was staged; the server keeps running."""
        staged = sqlite3.connect(self.folder.parent / "staged" / DATABASE)
        serving = sqlite3.connect(self.folder / DATABASE)
        with contextlib.closing(staged), contextlib.closing(serving):
            staged.backup(serving)


def _environment(folder: Path, origin: str = "http://127.0.0.1:8000") -> dict[str, str]:
    """What the process gets: nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MACAW_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "MACAW_ENV_FILE": os.devnull,
        "MACAW_DEMO": "1",
        "MACAW_BASE_URL": origin,
        "MACAW_DATA_DIR": str(folder),
        "MACAW_LOG_FORMAT": "json",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "EMAIL_URL": "dummymail://",
    }


def build(folder: Path) -> None:
    """Migrate, seed and collect into `folder`/staged, once for all workers of a test run."""
    staged = folder / "staged"
    staged.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.browser.stage", str(staged / STAGED)]
    subprocess.run(command, cwd=ROOT, env=_environment(staged), check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def serving(built: Path, name: str = "house") -> Iterator[House]:
    """A server of its own over a copy of what was built."""
    folder = built / name
    shutil.copytree(built / "staged", folder, ignore=shutil.ignore_patterns("static"))
    (folder / "static").symlink_to(built / "staged" / "static")
    origin = f"http://127.0.0.1:{_free_port()}"
    house = House(origin, folder, json.loads((folder / STAGED).read_text()))
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        origin.removeprefix("http://"),
    ]  # the rest is gunicorn.conf.py
    environment = _environment(folder, origin) | {"WEB_CONCURRENCY": "1"}
    with house.log.open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        _wait(server, house)
        yield house
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait(server: "subprocess.Popen[bytes]", house: House) -> None:
    """Until the server answers; a server that ended says why in its log."""
    while server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{house.origin}/healthz", timeout=5):
            return
        sleep(0.05)
    raise RuntimeError(house.log.read_text())

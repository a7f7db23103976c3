"""An installation as docs/operations.md describes it, made under a short path from the files of docs/deploy."""

import configparser
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import running
from tests.house.tree import ROOT

DEPLOY = ROOT / "docs" / "deploy"


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep capitals
    parsed.read(path)
    return parsed


@contextmanager
def machine() -> Iterator[Path]:
    """A machine of its own under a short path, because a unix socket's may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="macaw-", dir="/tmp"))
    for part in ("etc", "run", "lib", "backups"):
        (folder / part).mkdir()
    yield folder
    shutil.rmtree(folder)


def settle(text: str, prefix: Path) -> str:
    """The text with the paths of an installation replaced by this tree and the prefix."""
    moves = {
        "/opt/macaw/.venv/bin": running.BIN,
        "/opt/macaw": ROOT,
        "/etc/macaw": prefix / "etc",
        "/run/macaw": prefix / "run",
        "/var/lib/macaw": prefix / "lib",
        "/var/backups/macaw": prefix / "backups",
    }
    for there, here in moves.items():
        text = text.replace(there, str(here))
    return text


def command(name: str, prefix: Path) -> list[str]:
    return shlex.split(settle(unit(DEPLOY / name)["Service"]["ExecStart"], prefix))


def environment(name: str, prefix: Path) -> dict[str, str]:
    variable, _, value = unit(DEPLOY / name)["Service"]["Environment"].partition("=")
    return running.bare() | {variable: settle(value, prefix)}


def install(prefix: Path) -> dict[str, str]:
    """What docs/operations.md tells an operator to do, with SQLite; returns the environment of the services."""
    made = running.manage("secrets", str(prefix / "etc"))
    assert made.returncode == 0, made.stderr
    (prefix / "etc" / "email-url").write_text("smtp://127.0.0.1:9\n")
    (prefix / "etc" / "metrics-token").write_text("a-token-for-tests\n")
    settings = settle((DEPLOY / "macaw.env").read_text(), prefix)
    settings = settings.replace("postgres:///macaw", f"sqlite:///{prefix}/lib/macaw.sqlite3")
    (prefix / "etc" / "macaw.env").write_text(settings)
    served = environment("macaw-web.service", prefix)
    for arguments in (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0")):
        done = running.manage(*arguments, **served)
        assert done.returncode == 0, done.stderr
    return served

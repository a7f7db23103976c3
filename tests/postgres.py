"""A PostgreSQL cluster that lives as long as one command: python -m tests.postgres COMMAND …

It needs the server's binaries and nothing else. Root may not run them, so root hands over to an unprivileged user.
Exit 75 says that there are no binaries, so that the caller can say so and go on.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NO_BINARIES = 75
UNPRIVILEGED = ("postgres", "nobody")
SPEED = {  # a cluster that is thrown away need not survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
}


def binaries() -> Path | None:
    """The folder with initdb and postgres, from PATH or Debian's place; the newest first."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as: nobody special if we are not root."""
    if os.getuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody to hand over to.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _home(password: str) -> tuple[Path, dict[str, Any]]:
    """A folder of the server's own with its password in it, and whom it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="macaw-pg-", dir="/tmp"))  # a path short enough for its socket
    (folder / "password").write_text(password)
    owner = _owner()
    if owner is None:
        return folder, {}
    for path in (folder, folder / "password"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return folder, {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def throwaway(*, durable: bool = False) -> Iterator[str]:
    """The URL of an empty cluster on loopback; it is stopped and deleted at the end. `durable` keeps fsync, for benchmarks."""
    bin_dir = binaries()
    if bin_dir is None:
        raise FileNotFoundError("no PostgreSQL binaries")
    password = secrets.token_hex(8)
    folder, identity = _home(password)

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **identity,
        )

    data = str(folder / "data")
    run(
        str(bin_dir / "initdb"), "-D", data, "-U", "macaw", "-A", "scram-sha-256", "--pwfile", str(folder / "password"),
        "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync",
    )  # fmt: skip
    port = free_port()
    settings = {"max_connections": "200", "shared_buffers": "256MB"} if durable else SPEED
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        run(
            str(bin_dir / "pg_ctl"), "-D", data, "-w", "-t", "60", "-l", str(folder / "log"),
            "-o", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {options}", "start",
        )  # fmt: skip
        yield f"postgres://macaw:{password}@127.0.0.1:{port}/postgres"
    finally:
        run(str(bin_dir / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    given = os.environ.get("MACAW_TEST_DATABASE_URL")
    if given:
        return subprocess.run(sys.argv[1:], check=False).returncode
    if binaries() is None:
        return NO_BINARIES
    with throwaway() as url:
        return subprocess.run(sys.argv[1:], check=False, env=os.environ | {"MACAW_TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())

"""The files of the project, as git knows them: what is tracked, and what is new and not ignored."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("macaw", "customers", "domains", "billing", "audit")


@cache
def files() -> tuple[Path, ...]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in sorted(listed.split("\0")) if name and (path := ROOT / name).is_file())


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def python_files() -> Iterator[Path]:
    """Our modules; migrations are written by Django."""
    yield from (path for path in files() if path.suffix == ".py" and "migrations" not in path.parts)


def template_files(*suffixes: str) -> Iterator[Path]:
    wanted = suffixes or (".html", ".txt")
    yield from (path for path in files() if "templates" in path.relative_to(ROOT).parts and path.suffix in wanted)

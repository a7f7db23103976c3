"""What was copied out comes back whole, and nothing is lost where it cannot."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.running import manage

pytestmark = pytest.mark.timeout(300)  # each starts several processes


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two fresh databases of the kind the suite runs on."""
    server = os.environ.get("MACAW_TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{tmp_path}/one.sqlite3", f"sqlite:///{tmp_path}/two.sqlite3"
        return
    names = [f"backup_{uuid4().hex}" for _ in range(2)]
    with psycopg.connect(server, autocommit=True) as administrator:
        for name in names:
            administrator.execute(f"CREATE DATABASE {name}".encode())
        yield tuple(urlsplit(server)._replace(path=f"/{name}").geturl() for name in names)  # type: ignore[misc]  # two
        for name in names:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def first(databases: tuple[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings of an installation with the demo's data."""
    settings = {"MACAW_DEMO": "1", "MACAW_DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": databases[0]}
    done = manage("demo", "--seed-only", **settings)
    assert done.returncode == 0, done.stderr
    return settings


@pytest.fixture
def copy(first: dict[str, str], tmp_path: Path) -> Path:
    done = manage("backup", str(tmp_path / "copies"), **first)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "copies").iterdir()
    return file


def contents(settings: dict[str, str]) -> str:
    done = manage("dumpdata", "customers", "domains", "billing", "audit", "customers_mailing", **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_copy_comes_back_whole_elsewhere(databases: tuple[str, str], first: dict[str, str], copy: Path) -> None:
    second = first | {"DATABASE_URL": databases[1]}
    done = manage("restore", str(copy), **second)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks hold" in done.stdout, "the doctor looked"
    assert contents(second) == contents(first)
    assert "ashdown.studio" in contents(second)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_database_with_tables_is_replaced_only_by_force(first: dict[str, str], copy: Path) -> None:
    rename = "from customers.models import Customer; Customer.objects.update(company_name='Later & Sons')"
    assert manage("shell", "-c", rename, **first).returncode == 0
    later = contents(first)
    refused = manage("restore", str(copy), **first)
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert contents(first) == later
    forced = manage("restore", str(copy), "--force", **first)
    assert forced.returncode == 0, forced.stdout + forced.stderr
    assert "Later &amp; Sons" not in contents(first)
    assert "Ashdown Studio" in contents(first)


def test_a_copy_whose_secrets_do_not_open_is_refused(first: dict[str, str], copy: Path, tmp_path: Path) -> None:
    before = contents(first)
    assert manage("secrets", str(tmp_path / "other"), **first).returncode == 0
    stranger = first | {"MACAW_KEYRING_FILE": str(tmp_path / "other" / "keyring.json")}
    done = manage("restore", str(copy), "--force", **stranger)
    assert done.returncode == 1
    assert "sealed values do not open" in done.stderr
    assert "keyring is kept apart" in done.stderr
    assert contents(first) == before


def test_a_damaged_copy_is_refused(databases: tuple[str, str], first: dict[str, str], copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 3])
    before = contents(first)
    done = manage("restore", str(copy), "--force", **first)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert contents(first) == before


def test_only_the_newest_copies_are_kept(first: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    suffix = ".pgdump" if first["DATABASE_URL"].startswith("postgres") else ".sqlite3"
    for day in ("01", "02", "03"):
        (folder / f"macaw-202001{day}-000000{suffix}").touch()
    (folder / "something-else").touch()
    assert manage("backup", str(folder), "--keep", "2", **first).returncode == 0
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == f"macaw-20200103-000000{suffix}"
    assert len(kept) == 3
    assert kept[-1] == "something-else"

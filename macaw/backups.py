"""Copies of the database that can be put back. The keyring is never in them: sealed values open only with the one they came from."""

import os
import re
import sqlite3
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.db import connection

from macaw.kernel import clock, crypto, rekeying

PATIENCE = 20.0  # seconds that a copy waits for a lock
COPY = re.compile(r'COPY public\."?(?P<table>\w+)"? \((?P<columns>[^)]*)\) FROM stdin;')
# PostgreSQL: what stands in the way of a restore. Tables take their indexes, triggers and sequences with them.
SWEEP = """
DO $$ DECLARE item text; BEGIN
  FOR item IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP TABLE ' || item || ' CASCADE';
  END LOOP;
  FOR item IN SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
    EXECUTE 'DROP ROUTINE ' || item || ' CASCADE';
  END LOOP;
END $$
"""


class Store(ABC):
    """One kind of database, and how it is copied out and in."""

    suffix: str

    @abstractmethod
    def copy_out(self, file: Path) -> None:
        """A consistent copy while others write."""

    @abstractmethod
    def copy_in(self, file: Path) -> None:
        """Replace all there is, or leave everything as it was."""

    @abstractmethod
    def sealed(self, file: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Every sealed value in a copy, with the place it was sealed for."""


class Sqlite(Store):
    suffix = ".sqlite3"

    def copy_out(self, file: Path) -> None:
        with closing(self._open(self._own())) as source, closing(self._open(file)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it
            self._sound(target)

    def copy_in(self, file: Path) -> None:
        self._own().parent.mkdir(parents=True, exist_ok=True)
        connection.close()
        with self._reading(file) as source, closing(self._open(self._own())) as target:
            source.backup(target)

    def sealed(self, file: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
        with self._reading(file) as source:
            there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, column in _sealed_columns():
                if table in there:
                    rows = source.execute(f"SELECT {column}, row_uuid FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608  # names from our models
                    yield from ((value, (table, column, str(UUID(row)))) for value, row in rows)

    def _own(self) -> Path:
        return Path(connection.settings_dict["NAME"])

    def _open(self, file: Path) -> sqlite3.Connection:
        return sqlite3.connect(file, timeout=PATIENCE)

    @contextmanager
    def _reading(self, file: Path) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as source:
                self._sound(source)
                yield source
        except sqlite3.DatabaseError as failure:
            raise CommandError(f"{file} cannot be restored: {failure}.") from failure

    def _sound(self, copy: sqlite3.Connection) -> None:
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise CommandError(f"The copy is damaged: {verdict}.")


class Postgres(Store):
    suffix = ".pgdump"

    def copy_out(self, file: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")

    def copy_in(self, file: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "script.sql"
            self._run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
            psql = ("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
            connection.close()
            self._run(*psql, f"--command={SWEEP}", f"--file={script}")

    def sealed(self, file: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
        for table, column in _sealed_columns():
            rows = self._run("pg_restore", "--data-only", f"--table={table}", "--file=-", str(file)).splitlines()
            names: list[str] = []
            for row in rows:
                if head := COPY.fullmatch(row):
                    names = [name.strip('" ') for name in head["columns"].split(",")]
                elif row == r"\.":
                    names = []
                elif names:
                    values = dict(zip(names, row.split("\t"), strict=True))
                    if values[column] != r"\N":
                        yield values[column], (table, column, values["row_uuid"])

    def _run(self, *command: str) -> str:
        try:
            done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)  # noqa: S603  # PostgreSQL's own programs
        except FileNotFoundError:
            raise CommandError(f"{command[0]} is missing: apt install postgresql-client.") from None
        if done.returncode:
            raise CommandError(f"{command[0]} failed: {done.stderr.strip()}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """Where and who, as PostgreSQL's programs take it; a password on a command line could be read by others."""
        own: dict[str, Any] = connection.settings_dict
        where = {
            "PGHOST": own["HOST"],
            "PGPORT": own["PORT"],
            "PGUSER": own["USER"],
            "PGPASSWORD": own["PASSWORD"],
            "PGDATABASE": own["NAME"],
            "PGSSLMODE": own["OPTIONS"].get("sslmode"),
            "PGSSLROOTCERT": own["OPTIONS"].get("sslrootcert"),
        }
        return os.environ | {name: str(value) for name, value in where.items() if value}


def store() -> Store:
    """The one for the database in use."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


def _sealed_columns() -> list[tuple[str, str]]:
    return [(column.model._meta.db_table, str(column.field.column)) for column in rekeying.columns()]


def save(folder: Path, keep: int = 0) -> Path:
    """Write a copy that only its owner may read, complete or not at all; older ones beyond `keep` go."""
    kind = store()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"macaw-{clock.now():%Y%m%d-%H%M%S}{kind.suffix}"
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
    draft = Path(name)
    try:
        kind.copy_out(draft)
        os.fsync(descriptor)
        draft.rename(file)
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)
    if keep:
        for old in sorted(folder.glob(f"macaw-*{kind.suffix}"))[:-keep]:
            old.unlink()
    return file


def put_back(file: Path) -> None:
    """Replace the database by a copy whose secrets this installation's keyring opens; else nothing is touched."""
    kind = store()
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    if file.suffix != kind.suffix:
        raise CommandError(f"{file.name} is no copy of this kind of database; its name would end in {kind.suffix}.")
    closed = total = 0
    for value, place in kind.sealed(file):
        total += 1
        try:
            crypto.keyring().open(value, place)
        except crypto.Unsealable:
            closed += 1
    if closed:
        raise CommandError(
            f"{closed} of {total} sealed values do not open with the keyring in MACAW_KEYRING_FILE. "
            "The keyring is kept apart from backups: bring back the one that belongs to this copy. Nothing was changed."
        )
    kind.copy_in(file)

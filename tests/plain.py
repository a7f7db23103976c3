"""A client that knows nothing of Django: sqlite3 on a file, or psycopg. It sees the tables as anybody's tool would."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connection

Row = tuple[Any, ...]


@dataclass(eq=False)
class Refused(Exception):
    """What a database would not take: by which kind of rule, and which one where the database says."""

    kind: str  # null, check, unique, foreign, type
    rule: str
    said: str


class Client(Protocol):
    vendor: str

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]: ...


class PlainSqlite:
    vendor = "sqlite"

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            return self.connection.execute(sql.replace("%s", "?"), values).fetchall()
        except sqlite3.IntegrityError as refusal:
            said = str(refusal)
            kind = said.partition(" ")[0].lower()
            rule = said.partition(": ")[2]
            raise Refused({"not": "null"}.get(kind, kind), rule, said) from refusal


class PlainPostgres:
    vendor = "postgresql"
    kinds = {"23502": "null", "23503": "foreign", "23505": "unique", "23514": "check"}

    def __init__(self, name: str = "") -> None:
        given = connection.settings_dict
        self.connection = psycopg.connect(
            host=given["HOST"], port=given["PORT"], user=given["USER"], password=given["PASSWORD"],
            dbname=name or given["NAME"], autocommit=True,
        )  # fmt: skip

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            cursor = self.connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []
        except (psycopg.IntegrityError, psycopg.DataError, psycopg.NotSupportedError) as refusal:
            said = refusal.diag
            rule = said.constraint_name or f"{said.table_name}.{said.column_name}"
            raise Refused(self.kinds.get(refusal.sqlstate or "", "type"), rule, str(refusal)) from refusal


@contextmanager
def client(folder: Path) -> Iterator[Client]:
    """A plain client of the migrated test database; on SQLite, of a copy of it in a file."""
    if connection.vendor == "postgresql":
        postgres = PlainPostgres()
        yield postgres
        postgres.connection.close()
        return
    path = folder / "plain.sqlite3"
    with connection.cursor() as cursor, sqlite3.connect(path) as file:
        cursor.connection.backup(file)
    file.close()
    sqlite = PlainSqlite(path)
    yield sqlite
    sqlite.connection.close()


@contextmanager
def rolled_back(plain: Client) -> Iterator[Client]:
    plain.run("BEGIN")
    try:
        yield plain
    finally:
        plain.run("ROLLBACK")


def named_in(rule: str) -> set[str]:
    """The columns in SQLite's `table.column, table.column`."""
    return set(re.findall(r"\w+\.(\w+)", rule))


class ThroughDjango:
    """The same words on Django's own connection, for rows that a page of the product shall show."""

    vendor = connection.vendor

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

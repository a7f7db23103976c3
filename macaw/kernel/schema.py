"""What a database really has, beside what the models say it should: compared as text, part by part."""

from collections.abc import Iterator
from functools import lru_cache

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from macaw.kernel import tables

Parts = set[tuple[str, str]]  # (table, one column, constraint or index as the database words it)

# pg_get_expr and its kin leave a schema out where it is on the search path; index definitions always name it.
POSTGRES_PARTS = """
    WITH seen AS (SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace)
    SELECT relname, 'column ' || attname || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END || ' ' || attidentity::text
           || COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
      FROM seen JOIN pg_attribute ON attrelid = seen.oid
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT relname, 'constraint ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
      FROM seen JOIN pg_constraint ON conrelid = seen.oid
     WHERE convalidated
    UNION ALL
    SELECT relname, 'index ' || replace(replace(pg_get_indexdef(indexrelid), 'pg_temp.', ''), %s::text || '.', '')
      FROM seen JOIN pg_index ON indrelid = seen.oid
     WHERE indisvalid
"""


def unapplied(on: BaseDatabaseWrapper) -> int:
    """How many migrations of the code the database has not had."""
    return len(_on_disk() - set(MigrationRecorder(on).applied_migrations()))


@lru_cache(maxsize=1)
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def missing() -> Iterator[tuple[str, str]]:
    """Each column, constraint and index that the models declare and the database lacks, or has otherwise."""
    wanted = _wanted_postgres() if connection.vendor == "postgresql" else _wanted_sqlite()
    ours = {model._meta.db_table for model in tables.all_models() if not model.__module__.startswith("django.")}
    yield from sorted(part for part in wanted - parts(connection) if part[0] in ours)


def parts(on: BaseDatabaseWrapper) -> Parts:
    """Everything that a database has."""
    with on.cursor() as cursor:
        if on.vendor == "sqlite":
            return set(_sqlite_parts(cursor))
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        cursor.execute(POSTGRES_PARTS, [schema, schema])
        return set(cursor.fetchall())


def _make(on: BaseDatabaseWrapper) -> None:
    with on.schema_editor() as editor:
        for model in tables.all_models():
            if not model._meta.auto_created:  # the table between many and many comes with its model
                editor.create_model(model)


def _wanted_postgres() -> Parts:
    """Makes every table once more as a temporary one, which then shadows the real one, and rolls that back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL search_path TO pg_temp, {connection.ops.quote_name(schema)}")
        _make(connection)
        cursor.execute("SELECT pg_my_temp_schema()::regnamespace::text")
        temporary = cursor.fetchone()[0]
        cursor.execute(POSTGRES_PARTS, [temporary, schema])
        wanted = set(cursor.fetchall())
        transaction.set_rollback(True)
    return wanted


def _wanted_sqlite() -> Parts:
    memory = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})["default"]
    try:
        _make(memory)
        return parts(memory)
    finally:
        memory.close()


def _sqlite_parts(cursor: CursorWrapper) -> Iterator[tuple[str, str]]:
    cursor.execute("SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')")
    for table, kind, sql in cursor.fetchall():
        if kind == "index":
            yield table, sql
        else:
            yield from ((table, part) for part in _pieces(sql.partition("(")[2].rpartition(")")[0]))


def _pieces(body: str) -> Iterator[str]:
    """The parts of CREATE TABLE (…), cut at the commas that stand in no bracket and in no quotes."""
    depth, quote, start = 0, "", 0
    for at, letter in enumerate(body):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            yield body[start:at].strip()
            start = at + 1
    yield body[start:].strip()

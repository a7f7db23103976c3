"""What must be true of every table, whoever owns it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from macaw.kernel import crypto, rekeying, schema, tables
from macaw.kernel.doctor import Note, check

CHUNK = 1000
# What SQLite, which lets any column hold anything, must find in a column of each kind.
SQLITE_FORMS = {
    "BooleanField": "{0} IN (0, 1)",
    "DateTimeField": "typeof({0}) = 'text' AND julianday({0}) IS NOT NULL",
    "DecimalField": "typeof({0}) IN ('integer', 'real')",
    "JSONField": "json_valid({0})",
    "TextField": "typeof({0}) = 'text'",
    "UUIDField": "length({0}) = 32 AND {0} NOT GLOB '*[^0-9a-f]*'",
    **dict.fromkeys(
        (
            "AutoField",
            "BigAutoField",
            "IntegerField",
            "BigIntegerField",
            "PositiveIntegerField",
            "PositiveBigIntegerField",
        ),
        "typeof({0}) = 'integer'",
    ),
}


def ask(sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a thousand at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _offenders(model: type[models.Model], column: str | None, condition: str) -> Iterator[str]:
    """Rows of a table for which the condition holds; names come from our models, never from outside."""
    table, key = model._meta.db_table, model._meta.pk.column
    for (row,) in ask(f"SELECT {_quoted(key)} FROM {_quoted(table)} WHERE {condition}"):  # noqa: S608  # names of our models
        yield f"{table} {row}: {column}"


@check("every migration is applied")
def migrations() -> Iterable[str]:
    executor = MigrationExecutor(connection)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield str(migration)


@check("every column, constraint and index is in the database just as the models declare it")
def declared() -> Iterable[str]:
    yield from (f"{table}: {part}" for table, part in schema.missing())


@check("every foreign key points at a row")
def orphans() -> Iterable[str]:
    for model in tables.all_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            parent, target = field.related_model._meta.db_table, field.target_field.column
            column = f"{_quoted(model._meta.db_table)}.{_quoted(field.column)}"
            parents = f"SELECT 1 FROM {_quoted(parent)} AS parent WHERE parent.{_quoted(target)} = {column}"  # noqa: S608  # names of our models
            yield from _offenders(model, field.column, f"{column} IS NOT NULL AND NOT EXISTS ({parents})")


@check("every choice is one that the code knows")
def choices() -> Iterable[str]:
    for model in tables.our_models():
        for field in model._meta.concrete_fields:
            if not field.choices:
                continue
            known = [value for value, _label in field.flatchoices] + ([""] if field.blank else [])
            rows = model._base_manager.exclude(**{f"{field.name}__in": known}).exclude(**{field.name: None})  # noqa: SLF001  # Django's documented way to every row
            for key, value in rows.values_list("pk", field.name).iterator():
                yield f"{model._meta.db_table} {key}: {field.column} {value!r}"


@check("every value is of its column's kind, and JSON is JSON", vendor="sqlite")
def kinds() -> Iterable[str]:
    for model in tables.our_models():
        for field in model._meta.concrete_fields:
            kind = (field.target_field if isinstance(field, models.ForeignKey) else field).get_internal_type()
            column = _quoted(field.column)
            form = SQLITE_FORMS[kind].format(column)
            yield from _offenders(model, field.column, f"{column} IS NOT NULL AND ({form}) IS NOT TRUE")


@check("every sealed value opens with the keyring, and its fingerprint is its own")
def sealed() -> Iterable[str]:
    ring = crypto.keyring()
    for column in rekeying.columns():
        values = column.rows.values_list("pk", "row_uuid", column.field.attname, column.fingerprint)
        for row, row_uuid, value, fingerprint in values.iterator():
            place = column.place(row_uuid)
            try:
                plain = ring.open(value, place)
            except crypto.Unsealable as reason:
                yield f"{column.name} {row}: {reason}"
                continue
            kid = fingerprint.partition(":")[0]
            if kid not in ring.keys or fingerprint != ring.fingerprint(plain, place, kid):
                yield f"{column.name} {row}: its fingerprint is another's"
    yield from (Note(f"key {kid}: {count}") for kid, count in sorted(rekeying.count_by_key().items()))


@check("SQLite finds its own file sound", vendor="sqlite")
def sqlite() -> Iterable[str]:
    yield from (line for (line,) in ask("PRAGMA integrity_check") if line != "ok")
    for table, row, parent, _number in ask("PRAGMA foreign_key_check"):
        yield f"{table} {row}: no row of {parent}"

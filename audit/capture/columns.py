"""A row as canonical JSON, written by the database itself: byte for byte the same on SQLite and PostgreSQL.

Columns in the order of the model, no blanks, decimals as text with all their places, times in UTC with microseconds.
A secret never appears: a sealed column shows the fingerprint beside it, a hidden one only that it is set.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models

from macaw.kernel import tables
from macaw.kernel.jobs.models import Leased
from macaw.kernel.sealed import SealedField

# How work on a row goes is no change of what it says; `updated_at` says nothing that the entry's own time does not.
BOOKKEEPING = {"updated_at"}
LEASE = {"due_at", "attempts", "lease_until", "leased_by", "fence", "last_error"}
HIDDEN, HIDDEN_CHANGED, UNKNOWN = "hidden", "hidden, changed", "unknown"

_SQLITE_TIME = (
    "CASE WHEN {0} GLOB '????-??-?? ??:??:??.[0-9][0-9][0-9][0-9][0-9][0-9]'"
    " THEN substr({0}, 1, 10) || 'T' || substr({0}, 12) || 'Z'"
    " ELSE coalesce(strftime('%Y-%m-%dT%H:%M:%f000Z', {0}), {0}) END"
)
_SQLITE_DECIMAL = "CASE WHEN typeof({0}) IN ('integer', 'real') THEN printf('%.{1}f', {0}) ELSE {0} END"
_POSTGRES_TIME = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
# The value of a column of each kind, before it is quoted as JSON. {1}: decimal places.
VALUES = {
    "sqlite": {"DateTimeField": _SQLITE_TIME, "DecimalField": _SQLITE_DECIMAL},
    "postgresql": {
        "DateTimeField": _POSTGRES_TIME,
        "DecimalField": "{0}::text",
        "UUIDField": "replace({0}::text, '-', '')",
    },
}
# Kinds whose JSON is more than a quoted value.
JSON = {
    "sqlite": {
        "BooleanField": "CASE WHEN {0} IS NULL THEN 'null' WHEN {0} THEN 'true' ELSE 'false' END",
        "JSONField": "coalesce(json({0}), 'null')",
    },
    "postgresql": {"JSONField": "coalesce({0}::text, 'null')"},
}
QUOTED = {"sqlite": "json_quote({0})", "postgresql": "coalesce(to_json({0})::text, 'null')"}
KINDS = {
    *("AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField", "DateTimeField"),
    *("DecimalField", "IntegerField", "JSONField", "PositiveBigIntegerField", "PositiveIntegerField"),
    *("PositiveSmallIntegerField", "SmallIntegerField", "TextField", "UUIDField"),
}


def followed(model: type[models.Model]) -> list[Any]:
    """The columns whose change is an entry, in the model's order."""
    ignored = BOOKKEEPING | (LEASE if issubclass(model, Leased) else set())
    ignored |= {
        column
        for table, _dot, column in (name.partition(".") for name in tables.left_out_columns())
        if table == model._meta.db_table
    }
    return [field for field in model._meta.concrete_fields if field.column not in ignored]


def shown(model: type[models.Model]) -> list[Any]:
    """The columns an entry shows: a fingerprint stands in the place of its secret, not beside it."""
    prints = {f"{field.column}_fingerprint" for field in model._meta.concrete_fields if isinstance(field, SealedField)}
    return [field for field in followed(model) if field.column not in prints]


def secret(field: Any) -> bool:
    return isinstance(field, SealedField) or f"{field.model._meta.db_table}.{field.column}" in tables.hidden_columns()


def row_json(vendor: str, model: type[models.Model], row: str, before: str = "") -> str:
    """SQL for the JSON text of `row`, such as NEW; `before` names the row it replaces, if there is one."""
    parts = [f"""'"{field.column}":' || {_json(vendor, field, row, before)}""" for field in shown(model)]
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"


def changed(vendor: str, model: type[models.Model]) -> str:
    """SQL that is true if an update changes anything the trail follows."""
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f'OLD."{field.column}" {differs} NEW."{field.column}"' for field in followed(model))


def _json(vendor: str, field: Any, row: str, before: str) -> str:
    if secret(field):
        return QUOTED[vendor].format("(" + " ".join(_masked(field, row, before)) + ")")
    kind = (field.target_field if isinstance(field, models.ForeignKey) else field).get_internal_type()
    if kind not in KINDS:
        raise NotImplementedError(f"{field}: the trail does not know how to write a {kind}.")
    column, places = f'{row}."{field.column}"', getattr(field, "decimal_places", 0)
    if kind in JSON[vendor]:
        return f"({JSON[vendor][kind].format(column)})"
    return QUOTED[vendor].format(VALUES[vendor].get(kind, "{0}").format(column, places))


def _masked(field: Any, row: str, before: str) -> Iterator[str]:
    name = field.column
    yield f'CASE WHEN {row}."{name}" IS NULL THEN NULL'
    if not isinstance(field, SealedField):
        if before:
            yield f"""WHEN {row}."{name}" <> {before}."{name}" THEN '{HIDDEN_CHANGED}'"""
        yield f"ELSE '{HIDDEN}' END"
        return
    fingerprint = f"{name}_fingerprint"
    if before:  # a new value under the old fingerprint: a plain client wrote it and left the fingerprint out
        same = f'{row}."{fingerprint}" = {before}."{fingerprint}"'
        yield f"""WHEN {row}."{name}" <> coalesce({before}."{name}", '') AND {same} THEN '{UNKNOWN}'"""
    yield f"""WHEN {row}."{fingerprint}" = '' THEN '{UNKNOWN}' ELSE {row}."{fingerprint}" END"""

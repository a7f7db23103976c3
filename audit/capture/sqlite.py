"""The triggers on SQLite. A plain client fires them as well, so they use nothing that Django adds to its connections."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from audit.capture import columns, guards, places

VENDOR = "sqlite"
LOCAL = "db:local"  # SQLite knows no users
ENTRY = """INSERT INTO audit_log (table_name, record_id, action, changed_by, old_values, new_values, ip_address, user_agent,
  timestamp, gesture, verb, request_id, customer_id, object_table, object_id)
SELECT '{table}', {key}, '{action}', coalesce(context.actor, '{local}'), {old}, {new}, context.ip_address, context.user_agent,
  coalesce(context.moment, {now}), coalesce(context.gesture, lower(hex(randomblob(16)))),
  coalesce(context.verb, ''), coalesce(context.request_id, ''), {customer}, '{whole}', {whole_key}
FROM (SELECT 1) LEFT JOIN audit_context AS context;"""
NOW = "replace(strftime('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '')"  # in the form that Django writes and compares
# REPLACE deletes the old row without its trigger unless the connection has recursive_triggers on, as ours do.
NOT_REPLACED = """EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}")
  AND NOT (SELECT recursive_triggers FROM pragma_recursive_triggers)"""


def _name(table: str) -> str:
    return f'"{table}"'


def _trigger(name: str, when: str, table: str, body: str, condition: str = "") -> tuple[str, str]:
    head = f'CREATE TRIGGER "{name}" {when} ON "{table}"' + (f"\nWHEN {condition}" if condition else "")
    return name, f"{head}\nBEGIN\n{body}\nEND"


def _refusal(words: str) -> str:
    return f"SELECT RAISE(ABORT, '{words}');"


def _entry(model: type[models.Model], action: str, row: str, old: str, new: str) -> str:
    whole, whole_key = places.whole(model, row, _name)
    return ENTRY.format(
        table=model._meta.db_table,
        key=f'{row}."{model._meta.pk.column}"',
        action=action,
        local=LOCAL,
        now=NOW,
        old=old,
        new=new,
        customer=places.customer(model, row, _name),
        whole=whole,
        whole_key=whole_key,
    )


def captured(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """The triggers of one audited table."""
    table, key = model._meta.db_table, model._meta.pk.column
    before, after = columns.row_json(VENDOR, model, "OLD"), columns.row_json(VENDOR, model, "NEW")
    changed = columns.row_json(VENDOR, model, "NEW", "OLD")
    yield _trigger(f"macaw_insert_{table}", "AFTER INSERT", table, _entry(model, "INSERT", "NEW", "NULL", after))
    yield _trigger(
        f"macaw_update_{table}",
        "AFTER UPDATE",
        table,
        _entry(model, "UPDATE", "NEW", before, changed),
        columns.changed(VENDOR, model),
    )
    yield _trigger(f"macaw_delete_{table}", "AFTER DELETE", table, _entry(model, "DELETE", "OLD", before, "NULL"))
    yield _trigger(
        f"macaw_key_{table}",
        f'AFTER UPDATE OF "{key}"',
        table,
        _refusal(guards.KEY_CHANGED),
        f'OLD."{key}" IS NOT NEW."{key}"',
    )
    yield not_replaced(model)


def not_replaced(model: type[models.Model]) -> tuple[str, str]:
    table, key = model._meta.db_table, model._meta.pk.column
    condition = NOT_REPLACED.format(table=table, key=key)
    return _trigger(f"macaw_replace_{table}", "BEFORE INSERT", table, _refusal(guards.REPLACED), condition)


def guarded(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """The triggers of one table of the trail: nothing is removed, and of changes only those of `guards`."""
    table = model._meta.db_table
    verb = "(SELECT verb FROM audit_context)"
    yield _trigger(f"macaw_keep_{table}", "AFTER DELETE", table, _refusal(guards.KEPT))
    yield _trigger(
        f"macaw_fixed_{table}",
        "AFTER UPDATE",
        table,
        _refusal(guards.FIXED),
        f"NOT ({guards.allowed(model, 'IS', verb)})",
    )
    yield not_replaced(model)


def triggers(audited: list[type[models.Model]], trail: list[type[models.Model]]) -> dict[str, str]:
    """Every trigger there must be, with the SQL that makes it."""
    made = [trigger for model in audited for trigger in captured(model)]
    return dict(made + [trigger for model in trail for trigger in guarded(model)])


def standing(cursor: Any) -> dict[str, str]:
    """Every trigger there is."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def make(cursor: Any, name: str, sql: str) -> None:
    drop(cursor, name)
    cursor.execute(sql)


def drop(cursor: Any, name: str) -> None:
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')

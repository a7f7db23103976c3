"""The triggers on PostgreSQL: one function for each table, called for each row.

A function runs as its owner, so a role that may write a table is captured without any right on the trail, and with a
search path of its own, so that nobody can slip it another table.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models

from audit.capture import columns, guards, places

VENDOR = "postgresql"
CAPTURE = """
DECLARE
  it record;
  before text;
  after text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    it := NEW;
    after := {new};
  ELSIF TG_OP = 'DELETE' THEN
    it := OLD;
    before := {old};
  ELSE
    IF NEW."{key}" <> OLD."{key}" THEN
      RAISE EXCEPTION '{key_changed}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT ({changed}) THEN
      RETURN NULL;
    END IF;
    it := NEW;
    before := {old};
    after := {changed_new};
  END IF;
  INSERT INTO {log} (table_name, record_id, action, changed_by, old_values, new_values, ip_address, user_agent,
    timestamp, gesture, verb, request_id, customer_id, object_table, object_id)
  VALUES ('{table}', it."{key}", TG_OP, coalesce(nullif(current_setting('macaw.actor', true), ''), 'db:' || session_user),
    before, after, nullif(current_setting('macaw.ip_address', true), ''), nullif(current_setting('macaw.user_agent', true), ''),
    coalesce(nullif(current_setting('macaw.moment', true), '')::timestamptz, clock_timestamp()),
    coalesce(nullif(current_setting('macaw.gesture', true), '')::uuid, gen_random_uuid()),
    coalesce(current_setting('macaw.verb', true), ''), coalesce(current_setting('macaw.request_id', true), ''),
    {customer}, '{whole}', {whole_key});
  RETURN NULL;
END
"""
GUARD = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION '{kept}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT ({allowed}) THEN
    RAISE EXCEPTION '{fixed}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
"""
NO_TRUNCATE = f"""
BEGIN
  RAISE EXCEPTION '{guards.EMPTIED}' USING ERRCODE = 'integrity_constraint_violation';
END
"""
ROW, TRUNCATE = "AFTER INSERT OR UPDATE OR DELETE", "BEFORE TRUNCATE"
CHANGE = "AFTER UPDATE OR DELETE"
# pg_trigger.tgtype of each: row 1, before 2, insert 4, delete 8, update 16, truncate 32.
TYPES = {ROW: 1 + 4 + 8 + 16, CHANGE: 1 + 8 + 16, TRUNCATE: 2 + 32}
FUNCTION = """CREATE OR REPLACE FUNCTION {schema}."{name}"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $macaw${body}$macaw$"""
STANDING = """
SELECT relname, tgname, tgtype, tgenabled, tgqual IS NULL, prosrc, prosecdef, proconfig
  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
 WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""


def _capture(model: type[models.Model], schema: str) -> str:
    def name(table: str) -> str:
        return f'{schema}."{table}"'

    whole, whole_key = places.whole(model, "it", name)
    return CAPTURE.format(
        new=columns.row_json(VENDOR, model, "NEW"),
        old=columns.row_json(VENDOR, model, "OLD"),
        changed_new=columns.row_json(VENDOR, model, "NEW", "OLD"),
        changed=columns.changed(VENDOR, model),
        key=model._meta.pk.column,
        key_changed=guards.KEY_CHANGED,
        log=name("audit_log"),
        table=model._meta.db_table,
        customer=places.customer(model, "it", name),
        whole=whole,
        whole_key=whole_key,
    )


def _guard(model: type[models.Model]) -> str:
    verb = "current_setting('macaw.verb', true)"
    allowed = guards.allowed(model, "IS NOT DISTINCT FROM", verb)
    return GUARD.format(kept=guards.KEPT, fixed=guards.FIXED, allowed=allowed)


def triggers(
    audited: list[type[models.Model]], trail: list[type[models.Model]], schema: str
) -> dict[str, tuple[str, str, str]]:
    """Every trigger there must be by `name table`: when it fires, its function and that function's body."""
    return dict(_triggers(audited, trail, schema))


def _triggers(
    audited: list[type[models.Model]], trail: list[type[models.Model]], schema: str
) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for model in audited:
        table = model._meta.db_table
        yield f"macaw_audit {table}", (ROW, f"macaw_audit_{table}", _capture(model, schema))
    for model in trail:
        table = model._meta.db_table
        yield f"macaw_guard {table}", (CHANGE, f"macaw_guard_{table}", _guard(model))
    for model in (*audited, *trail):
        yield f"macaw_truncate {model._meta.db_table}", (TRUNCATE, "macaw_no_truncate", NO_TRUNCATE)


def wanted(made: dict[str, tuple[str, str, str]]) -> dict[str, tuple[Any, ...]]:
    """The same as the catalogue would show it: type, enabled, without condition, body, as its owner, search path."""
    settings = ["search_path=pg_catalog"]
    return {name: (TYPES[when], "O", True, body, True, settings) for name, (when, _function, body) in made.items()}


def standing(cursor: Any) -> dict[str, tuple[Any, ...]]:
    """Every trigger there is, by `name table`."""
    cursor.execute(STANDING)
    return {f"{name} {table}": tuple(facts) for table, name, *facts in cursor.fetchall()}


def make(cursor: Any, name: str, trigger: tuple[str, str, str], schema: str) -> None:
    when, function, body = trigger
    title, table = name.split(" ")
    each = "STATEMENT" if when == TRUNCATE else "ROW"
    cursor.execute(FUNCTION.format(schema=schema, name=function, body=body))
    drop(cursor, name)
    cursor.execute(
        f'CREATE TRIGGER "{title}" {when} ON {schema}."{table}" FOR EACH {each} EXECUTE FUNCTION {schema}."{function}"()'
    )


def drop(cursor: Any, name: str) -> None:
    title, table = name.split(" ")
    cursor.execute(f'DROP TRIGGER IF EXISTS "{title}" ON "{table}"')

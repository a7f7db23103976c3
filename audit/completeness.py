"""Is every change in the trail? Each entry begins where the one before it ended, and the last one says what the row is now.

A change made while the triggers were off, by whomever, breaks that. Statements find what differs as text; what that means
is decided here, over the columns that both sides have, so a column that came or went is no gap.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from audit.capture import columns, guards, places, standing
from audit.models import AuditLog
from macaw.kernel.writing import Gesture

# Rows whose last entry does not say what they are.
NOW = """
SELECT row."{key}", {json}, {customer}, {whole_key}, entry.audit_id, entry.action, entry.new_values
  FROM "{table}" row LEFT JOIN audit_log entry ON entry.audit_id = (
       SELECT max(audit_id) FROM audit_log WHERE table_name = '{table}' AND record_id = row."{key}")
 WHERE entry.new_values {differs} {json}
"""
# Rows that are gone, though their last entry does not say so.
GONE = """
SELECT record_id, NULL, customer_id, object_id, audit_id, action, new_values FROM audit_log entry
 WHERE table_name = '{table}' AND action <> 'DELETE'
   AND NOT EXISTS (SELECT 1 FROM audit_log later WHERE later.table_name = entry.table_name
                      AND later.record_id = entry.record_id AND later.audit_id > entry.audit_id)
   AND NOT EXISTS (SELECT 1 FROM "{table}" row WHERE row."{key}" = entry.record_id)
"""
# Entries that do not begin where the one before them ended.
BREAKS = """
SELECT record_id, old_values, audit_id, action, ended FROM (
  SELECT record_id, old_values, audit_id, action, lag(new_values) OVER (PARTITION BY record_id ORDER BY audit_id) AS ended
    FROM audit_log WHERE table_name = '{table}') chain
 WHERE old_values {differs} ended ORDER BY audit_id
"""
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """A change that the trail did not see."""

    model: type[models.Model]
    record: int
    said: str | None  # what the last entry says of the row; None: that there is none
    found: str | None  # what the row is; None: there is none
    customer_id: int | None
    whole_key: int | None

    def __str__(self) -> str:
        name = f"{self.model._meta.db_table} {self.record}"
        if self.found is None:
            return f"{name}: it was removed unseen"
        if self.said is None:
            return f"{name}: it was made unseen"
        return f"{name}: {', '.join(_differences(self.model, self.said, self.found))} changed unseen"


def gaps() -> Iterator[Gap]:
    """Rows that are not what the trail says they are."""
    for model in standing.audited():
        for statement in (NOW, GONE):
            for record, found, customer, whole_key, _entry, _action, said in _ask(statement, model):
                if said is None or found is None or _differences(model, said, found):
                    yield Gap(model, record, said, found, customer, whole_key)


def breaks() -> Iterator[str]:
    """Entries that begin elsewhere than the one before them ended."""
    for model in standing.audited():
        for record, began, entry, _action, ended in _ask(BREAKS, model):
            if began is None or ended is None or _differences(model, ended, began):
                yield f"audit_log {entry}: {model._meta.db_table} {record} was changed unseen before it"


def catch_up(gesture: Gesture) -> int:
    """Enter what happened while capture was off, such as a migration that moved data; how many rows."""
    found = list(gaps())
    for gap in found:
        action = AuditLog.Action.DELETE if gap.found is None else AuditLog.Action.UPDATE
        AuditLog.objects.create(
            table_name=gap.model._meta.db_table,
            record_id=gap.record,
            action=AuditLog.Action.INSERT if gap.said is None else action,
            changed_by=str(gesture.actor),
            old_values=gap.said,
            new_values=gap.found,
            timestamp=gesture.at,
            gesture=gesture.id,
            verb=gesture.verb,
            customer_id=gap.customer_id,
            object_table=places.whole(gap.model, "row", str)[0],
            object_id=gap.whole_key,
        )
    return len(found)


def _ask(statement: str, model: type[models.Model]) -> Iterator[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    sql = statement.format(
        table=model._meta.db_table,
        key=model._meta.pk.column,
        json=columns.row_json(connection.vendor, model, "row"),
        customer=places.customer(model, "row", quote),
        whole_key=places.whole(model, "row", quote)[1],
        differs="IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM",
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while found := cursor.fetchmany(CHUNK):
            yield from found


def _differences(model: type[models.Model], one: str, other: str) -> list[str]:
    """The columns of both that differ. What is hidden or redacted cannot be compared."""
    if guards.MARKER in {one, other}:
        return []
    left, right = _values(one), _values(other)
    masked = {field.column for field in model._meta.concrete_fields if columns.secret(field)}
    common = [name for name in left if name in right and name not in masked]
    differing = [name for name in common if left[name] != right[name]]
    return differing if common else ["everything"]


def _values(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

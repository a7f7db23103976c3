"""What the tests of seals ask and do: faults, entries, anchors, and one way to tamper."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from audit import proving
from audit.models import AuditLog
from macaw.kernel import doctor
from macaw.kernel.writing import Actor

SQLITE = connection.vendor == "sqlite"
ALICE = Actor("user", "alice", ip_address="192.0.2.7", user_agent="Firefox")
Line = dict[str, Any]


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def faults(anchors: list[Line] | None = None) -> list[str]:
    return list(proving.prove(anchors or [])[1])


def entry(seal: int, nth: int = 0) -> AuditLog:
    return AuditLog.objects.filter(seal_id=seal).order_by("audit_id")[nth]


def changed(column: str, value: str) -> Callable[[], str]:
    def tamper() -> str:
        key = entry(2).pk
        run(f"UPDATE audit_log SET {column} = {value} WHERE audit_id = %s", [key])
        return f"audit_log {key}: it is not what was sealed (seal 2)"

    return tamper


def doctor_says(name: str) -> doctor.Result:
    (check,) = (check for check in doctor.checks() if check.name == name)
    return doctor.examine(check)


def anchor() -> Line:
    found = proving.anchor()
    assert found is not None
    again: Line = json.loads(json.dumps(found))
    return again

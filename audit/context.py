"""Puts the gesture under way where the triggers find it. It ends with its transaction, however that ends."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from audit.capture import standing
from macaw.kernel.errors import Unavailable
from macaw.kernel.writing import Gesture

SET = "SELECT " + ", ".join(
    f"set_config('macaw.{name}', %s, true)"
    for name in ("gesture", "actor", "verb", "request_id", "ip_address", "user_agent", "moment")
)
CLEAR = "DELETE FROM audit_context"
PUT = """INSERT INTO audit_context
(gesture, actor, verb, request_id, ip_address, user_agent, moment) VALUES (%s, %s, %s, %s, %s, %s, %s)"""


def put(gesture: Gesture | None) -> None:
    """Called by `writing` as a transaction opens, with its gesture, and as it ends, with what was there before."""
    _insist_on_capture()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(CLEAR)
            if gesture:
                cursor.execute(PUT, _facts(gesture))
        elif gesture:
            cursor.execute(SET, _facts(gesture))
        elif connection.savepoint_ids:  # else the transaction ends here, and its settings with it
            cursor.execute(SET, [""] * 7)


def _facts(gesture: Gesture) -> list[Any]:
    actor = gesture.actor
    sqlite = connection.vendor == "sqlite"
    return [
        gesture.id.hex,
        str(actor),
        gesture.verb,
        gesture.request_id,
        actor.ip_address if sqlite else actor.ip_address or "",
        actor.user_agent or (None if sqlite else ""),
        connection.ops.adapt_datetimefield_value(gesture.at) if sqlite else gesture.at.isoformat(),
    ]


@lru_cache(maxsize=1)
def _insist_on_capture() -> None:
    """Before its first write a process looks whether writes are captured; if not, it writes nothing."""
    fault = next(iter(standing.faults(connection)), None)
    if fault:
        raise Unavailable(
            _("Changes are not recorded at the moment, so none are made."),
            advice=_("Nothing was changed. Tell the operator: manage.py migrate puts the audit triggers back."),
        )

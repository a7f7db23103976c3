"""Records what is worth proving and changes no row: a login, an export, a secret shown."""

import json
from typing import Any

from audit.models import AuditEvent
from audit.verbs import Event
from macaw.kernel import writing
from macaw.kernel.writing import Actor, Gesture


def record(
    verb: Event,
    *,
    actor: Actor,
    customer_id: int | None = None,
    about: tuple[str, int] | None = None,
    **detail: Any,
) -> None:
    """Record one event: `about` names a table and a key, `detail` is small, JSON, and holds no secret.

    Inside `writing` the event is part of that gesture and is rolled back with it; else it is a gesture of its own.
    """
    gesture = writing.current.get()
    if gesture is None:
        with writing.writing(actor, verb) as gesture:
            _insert(verb, gesture, customer_id, about, detail)
    else:
        _insert(verb, gesture, customer_id, about, detail)


def _insert(
    verb: Event, gesture: Gesture, customer_id: int | None, about: tuple[str, int] | None, detail: dict[str, Any]
) -> None:
    table, key = about or ("", None)
    AuditEvent.objects.create(
        verb=Event(verb),
        changed_by=str(gesture.actor),
        ip_address=gesture.actor.ip_address,
        user_agent=gesture.actor.user_agent or None,
        timestamp=gesture.at,
        gesture=gesture.id,
        request_id=gesture.request_id,
        customer_id=customer_id,
        object_table=table,
        object_id=key,
        detail=json.dumps(detail, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    )

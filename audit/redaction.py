"""Takes personal values out of the trail for good, where the law asks for it. What happened, when and by whom stays, and stays proven.

The entry's commitment takes the place of its values, and its salt goes with them: nobody can guess them from what is left. The
law also forbids it, for what tax and claims need (GDPR 17(3)(b) and (e)): which rows may go is for a person to decide.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit import events, sealing, verifier
from audit.capture import guards
from audit.models import AuditEvent, AuditLog
from audit.verbs import Event
from macaw.kernel.errors import Invalid
from macaw.kernel.writing import Actor, writing

LISTED = 500  # entries that one record names


def redact_rows(table: str, records: Sequence[int], *, reason: str, actor: Actor) -> int:
    """Empty every entry of these rows of a table, for one reason, on the record; how many there were."""
    return _redact("log", AuditLog.objects.filter(table_name=table, record_id__in=records), reason, actor)


def redact_events(changed_by: str, *, reason: str, actor: Actor) -> int:
    """Empty addresses, browsers and details of what one actor did."""
    found = AuditEvent.objects.filter(changed_by=changed_by).exclude(verb=Event.REDACTED)
    return _redact("event", found, reason, actor)


def _redact(kind: str, entries: QuerySet[Any], reason: str, actor: Actor) -> int:
    if not reason.strip():
        raise Invalid(_("Say why; the reason stays in the trail for ever."))
    sealing.seal_all()  # an entry without a seal has nothing to stand for its values
    keys = list(entries.filter(commitment="").values_list("pk", flat=True))
    for start in range(0, len(keys), LISTED):
        _redact_some(kind, keys[start : start + LISTED], reason, actor)
    return len(keys)


def _redact_some(kind: str, keys: list[int], reason: str, actor: Actor) -> None:
    model, column = sealing.KINDS[kind], verifier.KINDS[kind]
    with writing(actor, Event.REDACTED):
        found = list(sealing.lines(kind, model, f"{column} IN ({', '.join(map(str, keys))})", column))
        if any(entry["seal_id"] is None for entry in found):
            raise Invalid(_("An entry is not sealed yet, because a transaction is still open. Try again in a minute."))
        for entry in found:
            gone = {name: None if entry[name] is None else guards.MARKER for name in guards.values(model)}
            facts = {"commitment": verifier.commitment(entry), "salt": None}
            model.objects.filter(pk=entry[column]).update(**facts, **gone)
        events.record(Event.REDACTED, actor=actor, reason=reason, entries=[verifier.name(entry) for entry in found])

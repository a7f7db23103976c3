"""What must be true of the trail."""

import json
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Q

from audit import completeness, proving, sealing
from audit.capture import standing
from audit.models import AuditContext, AuditLog
from macaw.kernel import clock
from macaw.kernel.doctor import Note, check
from macaw.kernel.jobs.models import Heartbeat

LONGEST_WAIT = timedelta(minutes=5)


@check("every write on an audited table is captured: the triggers are in place, and no others")
def capture() -> Iterable[str]:
    yield from standing.faults(connection)
    yield from (f"audit_context: {gesture} outlived its transaction" for gesture in AuditContext.objects.all())


@check("no row changed unseen: each entry goes on where the last one ended, and the last is what the row is now")
def complete() -> Iterable[str]:
    yield from completeness.breaks()
    yield from (str(gap) for gap in completeness.gaps())


@check("every seal of the trail holds: nothing in it was changed, removed, put in or moved")
def seals() -> Iterable[str]:
    try:
        found, faults = proving.prove()
    except ImproperlyConfigured as failure:
        yield str(failure)
        return
    yield from faults
    yield Note(f"{found.seals} seals over {found.entries} entries, {len(found.redacted)} of them redacted")


@check("while a worker is alive, no entry waits longer than five minutes for its seal")
def sealed_in_time() -> Iterable[str]:
    oldest = sealing.oldest_unsealed()
    if oldest is not None and clock.now() - oldest > LONGEST_WAIT and Heartbeat.objects.alive().exists():
        yield f"since {oldest:%Y-%m-%d %H:%M} UTC: the worker cannot seal, or a transaction is open"


@check("what the trail keeps of a row before and after is JSON")
def trail_json() -> Iterable[str]:
    kept = AuditLog.objects.exclude(Q(old_values=None) & Q(new_values=None))
    for key, before, after in kept.values_list("pk", "old_values", "new_values").iterator():
        for column, text in (("old_values", before), ("new_values", after)):
            if text is not None and not _is_object(text):
                yield f"audit_log {key}: {column}"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False

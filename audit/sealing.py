"""Seals what is finished: batch by batch, each signed and tied to the one before it, so that nothing changes unseen.

Entries get their numbers before their transactions commit, so the highest number proves nothing. On PostgreSQL an entry is
finished when no open transaction is older than its own; on SQLite, which has one writer, when it can be seen at all.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, models, transaction

from audit import keys, verifier
from audit.capture import columns
from audit.models import AuditEvent, AuditLog, Seal
from audit.verifier import Line
from macaw.kernel import clock

log = structlog.get_logger("macaw.audit")

BATCH = 1000
KINDS: dict[str, type[AuditLog] | type[AuditEvent]] = {"log": AuditLog, "event": AuditEvent}
LINES = 'SELECT {json} FROM "{table}" entry WHERE {condition} ORDER BY {order}'
FINISHED = "seal_id IS NULL AND transaction_id < {horizon}"
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, system_identifier::text FROM pg_control_system()"


def lines(kind: str, model: type[models.Model], condition: str, order: str, limit: int = 0) -> Iterator[Line]:
    """Rows of the trail as the database itself writes them: what is sealed, proven and exported is this text."""
    json_of = columns.row_json(connection.vendor, model, "entry")
    sql = LINES.format(json=json_of, table=model._meta.db_table, condition=condition, order=order)
    with connection.cursor() as cursor:
        cursor.execute(sql + (f" LIMIT {limit}" if limit else ""))
        for (text,) in cursor.fetchall():
            yield {"kind": kind} | json.loads(text)


def _newest() -> Line | None:
    return next(lines("seal", Seal, "true", "seal_id DESC", 1), None)


def seal_next() -> int:
    """Seal one batch of finished entries; how many there were."""
    signing = keys.signing_keys()
    if oldest_unsealed() is None:
        return 0  # an idle look takes no write lock
    with transaction.atomic():
        Seal.objects.select_for_update().order_by("-seal_id").first()  # one sealer at a time
        before = _newest()
        horizon, cluster = _horizon()
        opens = before is not None and before["cluster"] != cluster
        # A restored database has entries numbered by another cluster: the first seal in this one takes all that wait.
        entries = _finished("seal_id IS NULL" if opens else FINISHED.format(horizon=horizon), 0 if opens else BATCH)
        if not entries:
            return 0
        seal = _signed(before, entries, cluster, signing)
        for kind, model in KINDS.items():
            mine = [entry[verifier.KINDS[kind]] for entry in entries if entry["kind"] == kind]
            for start in range(0, len(mine), BATCH):
                some = mine[start : start + BATCH]
                if model.objects.filter(pk__in=some, seal_id=None).update(seal_id=seal["seal_id"]) != len(some):
                    raise RuntimeError("An entry was sealed by somebody else.")
        facts = {name: value for name, value in seal.items() if name not in {"kind", "sealed_at"}}
        Seal.objects.create(**facts, sealed_at=datetime.fromisoformat(seal["sealed_at"]))
    log.info("audit.sealed", seal=seal["seal_id"], entries=len(entries), digest=verifier.digest(seal))
    return len(entries)


def _horizon() -> tuple[str, str]:
    """Before which transaction all are finished, and which cluster numbers them."""
    if connection.vendor == "sqlite":
        return "1", ""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        found: tuple[str, str] = cursor.fetchone()
        return found


def _finished(condition: str, limit: int) -> list[Line]:
    found: list[Line] = []
    for kind, model in KINDS.items():
        found += lines(kind, model, condition, f"transaction_id, {model._meta.pk.column}", limit)
    found.sort(key=verifier.place)
    return found[:limit] if limit else found


def _signed(before: Line | None, entries: list[Line], cluster: str, signing: keys.SigningKeys) -> Line:
    leaves = [verifier.leaf(entry) for entry in entries]
    moment = max(clock.now().strftime(keys.TIME), before["sealed_at"] if before else "")  # clocks of machines differ
    seal: dict[str, Any] = {
        "kind": "seal",
        "seal_id": before["seal_id"] + 1 if before else 1,
        "entries": len(entries),
        "leaves": "".join(leaves),
        "root": verifier.root(leaves),
        "previous": verifier.digest(before) if before else "",
        "sealed_at": moment,
        "cluster": cluster,
        "key_id": signing.current,
    }
    return seal | {"signature": signing.sign(verifier.signed(seal)).hex()}


def seal_all(since: datetime | None = None) -> str:
    """The duty: seal until nothing finished is left."""
    count = 0
    while sealed := seal_next():
        count += sealed
    return f"{count} entries"


def oldest_unsealed() -> datetime | None:
    """Since when an entry waits for its seal. An open transaction or a missing worker holds it up."""
    waiting = [
        model.objects.filter(seal_id=None).aggregate(oldest=models.Min("timestamp"))["oldest"]
        for model in KINDS.values()
    ]
    return min((moment for moment in waiting if moment), default=None)

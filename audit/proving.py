"""Feeds the trail of this database to the verifier, writes it out for elsewhere, and gives the anchor to keep there."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import Max, Min

from audit import keys, verifier
from audit.models import AuditEvent, Seal
from audit.sealing import KINDS, lines
from audit.verbs import Event
from audit.verifier import Line, Verifier

WINDOW = 50  # seals looked at together


def prove(anchors: Iterable[Line] = ()) -> tuple[Verifier, Iterator[str]]:
    """The verifier, and what is wrong with the trail: all of it only when the faults are read to the end."""
    found = Verifier(keys.signing_keys().public, anchors, keys.check_signature)
    return found, _faults(found)


def _faults(found: Verifier) -> Iterator[str]:
    first, last = _range()
    for seal, entries in batches(first, last):
        yield from found.take(seal, entries)
    for kind, model in KINDS.items():
        strange = f"seal_id > {last} OR seal_id < {first} OR seal_id IS NOT NULL AND {last} = 0"
        for entry in lines(kind, model, strange, f"seal_id, {model._meta.pk.column}", 1):
            yield f"{verifier.name(entry)}: its seal {entry['seal_id']} is gone"
    if first > 1:
        yield f"seal {first}: it is the first there is, and {first - 1} came before it"
    for event in lines("event", AuditEvent, f"seal_id IS NULL AND verb = '{Event.REDACTED}'", "event_id"):
        found.hear(event)  # its own seal follows in seconds
    yield from found.finish(complete=True)


def _range() -> tuple[int, int]:
    found = Seal.objects.aggregate(first=Min("seal_id"), last=Max("seal_id"))
    return found["first"] or 0, found["last"] or 0


def batches(first: int, last: int) -> Iterator[tuple[Line, list[Line]]]:
    """Each seal of a range with its entries. Entries whose seal is missing are told of with the next one."""
    lost: list[Line] = []
    for start in range(first, last + 1, WINDOW):
        within = f"seal_id BETWEEN {start} AND {min(start + WINDOW - 1, last)}"
        entries: dict[int, list[Line]] = {}
        for kind, model in KINDS.items():
            for number, mine in groupby(lines(kind, model, within, "seal_id"), key=lambda entry: int(entry["seal_id"])):
                entries.setdefault(number, []).extend(mine)
        for seal in lines("seal", Seal, within, "seal_id"):
            lost = [entry for number in sorted(entries) if number < seal["seal_id"] for entry in entries.pop(number)]
            yield seal, [*lost, *entries.pop(seal["seal_id"], [])]


def export(first: int = 1, last: int | None = None) -> Iterator[Line]:
    """A header, then the entries of each seal followed by the seal: what the verifier reads."""
    start, end = _range()
    first, last = max(first, start), end if last is None else min(last, end)
    yield {
        "format": verifier.FORMAT,
        "first": first,
        "last": last,
        "complete": (first, last) == (1, end),
        "keys": keys.signing_keys().public,
    }
    for seal, entries in batches(first, last):
        yield from sorted(entries, key=verifier.place)
        yield seal


def anchor() -> Line | None:
    """The newest seal without its leaves, and the public keys: whoever keeps it elsewhere can prove the trail up to it."""
    newest: Any = next(lines("seal", Seal, "true", "seal_id DESC", 1), None)
    if newest is None:
        return None
    return {name: newest[name] for name in (*verifier.SIGNED, "signature")} | {"keys": keys.signing_keys().public}

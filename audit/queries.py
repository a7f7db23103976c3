"""What pages ask the trail: pages of gestures, newest first, and what each of them changed.

A scope says whose entries, and the filters of a page narrow it; `page` costs four queries, whatever it finds.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise

from audit.models import AuditEvent, AuditLog
from macaw.kernel.errors import Missing

SIZE = 30  # gestures of a page
SHOWN = 20  # rows of one gesture on it; `rows` has them all
ACTORS = 50
Head = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries: those of one customer, thing, actor or request, or all, and what of them a page asked for."""

    where: Q

    def by(self, actor: str) -> "Scope":
        return self._and(changed_by=actor)

    def doing(self, verb: str) -> "Scope":
        """One verb, or all that begin alike: `contact.` is whatever was done to contacts."""
        return self._and(**{"verb__startswith" if verb.endswith(".") else "verb": verb})

    def about(self, table: str) -> "Scope":
        return self._and(object_table=table)

    def from_address(self, address: str) -> "Scope":
        return self._and(ip_address=address)

    def between(self, since: datetime | None, until: datetime | None) -> "Scope":
        """From `since` on, and before `until`."""
        times = {"timestamp__gte": since, "timestamp__lt": until}
        return self._and(**{name: moment for name, moment in times.items() if moment})

    def _and(self, **facts: Any) -> "Scope":
        return replace(self, where=self.where & Q(**facts))


def of_customer(customer_id: int) -> Scope:
    return Scope(Q(customer_id=customer_id))


def of_object(table: str, key: int) -> Scope:
    """One thing and its parts: a domain with its nameservers and roles."""
    return Scope(Q(object_table=table, object_id=key))


def of_actor(actor: str) -> Scope:
    return Scope(Q(changed_by=actor))


def of_request(request_id: str) -> Scope:
    return Scope(Q(request_id=request_id) & ~Q(request_id=""))


def everything() -> Scope:
    """For staff alone."""
    return Scope(Q())


@dataclass(slots=True)
class Act:
    """One gesture as a page shows it: who did what, when, from where, and the rows it changed."""

    id: UUID
    at: datetime
    actor: str = ""
    verb: str = ""
    request_id: str = ""
    ip_address: str | None = None
    user_agent: str | None = None
    rows: list[AuditLog] = field(default_factory=list)  # the first of them
    count: int = 0  # how many there are
    events: list[AuditEvent] = field(default_factory=list)

    def take(self, entry: AuditLog | AuditEvent) -> None:
        self.actor, self.verb, self.request_id = entry.changed_by, entry.verb, entry.request_id
        self.ip_address, self.user_agent = entry.ip_address, entry.user_agent


@dataclass(frozen=True, slots=True)
class Page:
    acts: list[Act]
    next: str  # where the next page begins; empty on the last


def page(scope: Scope, *, after: str = "", size: int = SIZE) -> Page:
    """The gestures after a cursor, newest first."""
    where = scope.where & _after(after)
    heads: set[Head] = set()
    for model in (AuditLog, AuditEvent):
        found = model.objects.filter(where).order_by("-timestamp", "-gesture").distinct()
        heads.update(found.values_list("timestamp", "gesture")[: size + 1])
    newest = sorted(heads, reverse=True)
    acts = {gesture: Act(gesture, moment) for moment, gesture in newest[:size]}
    for entry in _first_rows(scope, list(acts)):
        act = acts[entry.gesture]
        act.take(entry)
        act.rows.append(entry)
        act.count = entry.count
    for event in AuditEvent.objects.filter(scope.where, gesture__in=list(acts)).order_by("event_id"):
        acts[event.gesture].take(event)
        acts[event.gesture].events.append(event)
    last = newest[size - 1] if len(newest) > size else None
    return Page(list(acts.values()), f"{last[0].isoformat()}_{last[1].hex}" if last else "")


def _after(cursor: str) -> Q:
    if not cursor:
        return Q()
    moment, _line, gesture = cursor.partition("_")
    try:
        at, key = datetime.fromisoformat(moment), UUID(gesture)
    except ValueError:
        raise Missing from None
    return Q(timestamp__lte=at) & (Q(timestamp__lt=at) | Q(gesture__lt=key))


def _first_rows(scope: Scope, gestures: list[UUID]) -> Any:
    nth = Window(RowNumber(), partition_by="gesture", order_by="audit_id")
    count = Window(Count("pk"), partition_by="gesture")
    rows = AuditLog.objects.filter(scope.where, gesture__in=gestures).annotate(nth=nth, count=count)
    return rows.filter(nth__lte=SHOWN).order_by("audit_id")


def rows(scope: Scope, gesture: UUID, *, after: int = 0, size: int = 200) -> list[AuditLog]:
    """What one gesture changed, in order, after an entry's number: for a gesture opened on its own."""
    return list(AuditLog.objects.filter(scope.where, gesture=gesture, audit_id__gt=after).order_by("audit_id")[:size])


def history(table: str, record: int) -> list[AuditLog]:
    """All that ever happened to one row, oldest first."""
    return list(AuditLog.objects.filter(table_name=table, record_id=record).order_by("audit_id"))


def actors(scope: Scope) -> list[str]:
    """Who there is to filter by."""
    found = set(AuditLog.objects.filter(scope.where).values_list("changed_by", flat=True).distinct()[:ACTORS])
    found |= set(AuditEvent.objects.filter(scope.where).values_list("changed_by", flat=True).distinct()[:ACTORS])
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Change:
    column: str
    label: str | Promise
    before: Any
    after: Any


def changes(entry: AuditLog) -> Iterator[Change]:
    """Column by column what an entry changed; of a row that was made or removed, all that it held. None if it is redacted."""
    old, new = _values(entry.old_values), _values(entry.new_values)
    labels = _labels()[entry.table_name]
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Change(name, labels.get(name, name), before, after)


def redacted(entry: AuditLog | AuditEvent) -> bool:
    return bool(entry.commitment)


def _values(text: str | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text or "{}")
    return {} if found == {"redacted": True} else found


def _labels() -> defaultdict[str, dict[str, str | Promise]]:
    """What columns are called in front of people, by table."""
    found: defaultdict[str, dict[str, str | Promise]] = defaultdict(dict)
    for model in apps.get_models(include_auto_created=True):
        found[model._meta.db_table] = {
            str(column.column): column.verbose_name for column in model._meta.concrete_fields
        }
    return found

"""Pages of the trail: whose entries, newest first, gesture by gesture, each once, and at the same cost whatever they hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import events, queries
from audit.models import AuditLog
from audit.verbs import WORDS, Event
from customers.models import Contact, Customer, User
from macaw.kernel.errors import Missing
from macaw.kernel.writing import Actor, writing
from tests import make

pytestmark = pytest.mark.django_db
ALICE, BOB = Actor("user", "alice", ip_address="192.0.2.1"), Actor("user", "bob", ip_address="192.0.2.2")


@pytest.fixture
def busy(ashdown: Customer, charlie: User, clock: Any) -> Contact:
    """Alice and Bob change a contact in turns, an hour apart; somebody else's rows stand between."""
    contact = make.contact(ashdown)
    other = make.contact(charlie.memberships.get().customer)
    for hour in range(7):
        clock.shift(timedelta(hours=1))
        with writing((ALICE, BOB)[hour % 2], "contact.changed", request_id=f"r{hour}"):
            Contact.objects.filter(pk=contact.pk).update(city=f"City {hour}")
            Contact.objects.filter(pk=contact.pk).update(fax=f"{hour}")
        with writing(Actor("user", "charlie"), "contact.changed"):
            Contact.objects.filter(pk=other.pk).update(city=f"Town {hour}")
    clock.shift(timedelta(hours=1))
    events.record(Event.EXPORTED, actor=BOB, customer_id=ashdown.pk, about=("customers", ashdown.pk), rows=1)
    return contact


def test_a_page_has_gestures_newest_first_each_with_its_rows_and_events(busy: Contact) -> None:
    found = queries.page(queries.of_customer(busy.customer_id), size=4)
    assert [(act.actor, act.verb, act.count, len(act.events)) for act in found.acts] == [
        ("user:bob", "data.exported", 0, 1),
        ("user:alice", "contact.changed", 2, 0),
        ("user:bob", "contact.changed", 2, 0),
        ("user:alice", "contact.changed", 2, 0),
    ]
    assert [act.request_id for act in found.acts] == ["", "r6", "r5", "r4"]
    assert found.acts[1].ip_address == "192.0.2.1"
    assert [row.pk for row in found.acts[1].rows] == sorted(row.pk for row in found.acts[1].rows)


def test_page_after_page_shows_every_gesture_once(busy: Contact) -> None:
    scope = queries.of_customer(busy.customer_id)
    whole = [act.id for act in queries.page(scope, size=1000).acts]
    seen, cursor = [], ""
    while True:
        found = queries.page(scope, after=cursor, size=3)
        seen += [act.id for act in found.acts]
        cursor = found.next
        if not cursor:
            break
    assert seen == whole
    assert (
        len(whole)
        == len(set(whole))
        == len(set(AuditLog.objects.filter(customer_id=busy.customer_id).values_list("gesture"))) + 1
    )


def test_gestures_of_the_same_moment_are_neither_lost_nor_doubled(ashdown: Customer, clock: Any) -> None:
    for _ in range(7):
        with writing(ALICE, "contact.added"):
            make.contact(ashdown)
    scope = queries.of_customer(ashdown.pk).doing("contact.added")
    first = queries.page(scope, size=4)
    second = queries.page(scope, after=first.next, size=4)
    assert len({act.id for act in first.acts + second.acts}) == 7
    assert second.next == ""


@pytest.mark.parametrize("cursor", ["x", "2026-01-01", "2026-01-01T00:00:00+00:00_x", "_"])
def test_a_cursor_that_is_none_leads_nowhere(cursor: str) -> None:
    with pytest.raises(Missing):
        queries.page(queries.everything(), after=cursor)


NARROW: dict[str, tuple[Callable[[queries.Scope], queries.Scope], int]] = {
    "by": (lambda scope: scope.by("user:bob"), 4),
    "doing": (lambda scope: scope.doing("data.exported"), 1),
    "doing what begins so": (lambda scope: scope.doing("contact."), 7),
    "about": (lambda scope: scope.about("customers"), 2),
    "from": (lambda scope: scope.from_address("192.0.2.1"), 4),
    "since": (lambda scope: scope.between(queries.page(scope).acts[2].at, None), 3),
    "until": (lambda scope: scope.between(None, queries.page(scope).acts[1].at).doing("contact."), 6),
}


@pytest.mark.parametrize("how", NARROW)
def test_filters_narrow_a_page(busy: Contact, how: str) -> None:
    narrow, count = NARROW[how]
    assert len(queries.page(narrow(queries.of_customer(busy.customer_id))).acts) == count


def test_each_scope_shows_its_own_and_nothing_else(busy: Contact, ashdown: Customer) -> None:
    mine = queries.page(queries.of_customer(ashdown.pk), size=1000).acts
    assert all(row.customer_id == ashdown.pk for act in mine for row in act.rows)
    of_contact = queries.page(queries.of_object("contacts", busy.pk), size=1000).acts
    assert {row.record_id for act in of_contact for row in act.rows} == {busy.pk}
    assert len(of_contact) == 8
    assert len(queries.page(queries.of_actor("user:bob")).acts) == 4
    assert [act.request_id for act in queries.page(queries.of_request("r3")).acts] == ["r3"]
    assert queries.page(queries.of_request("")).acts == []
    assert len(queries.page(queries.everything(), size=1000).acts) > len(mine)
    assert queries.actors(queries.of_customer(ashdown.pk).doing("contact.")) == ["user:alice", "user:bob"]


def test_a_domains_page_has_its_parts(ashdown: Customer) -> None:
    domain = make.domain(ashdown)
    with writing(ALICE, "nameservers.set"):
        domain.nameservers.create(hostname="ns1.example.net")
    (newest, *_rest) = queries.page(queries.of_object("domains", domain.pk)).acts
    assert [row.table_name for row in newest.rows] == ["nameservers"]


def test_a_gesture_of_thousands_shows_its_first_rows_and_how_many_there_are(ashdown: Customer) -> None:
    with writing(ALICE, "contacts.imported") as gesture:
        for _ in range(45):
            make.contact(ashdown)
    (act,) = queries.page(queries.of_customer(ashdown.pk).doing("contacts.imported")).acts
    assert (len(act.rows), act.count) == (queries.SHOWN, 45)
    scope = queries.of_customer(ashdown.pk)
    first = queries.rows(scope, gesture.id, size=30)
    rest = queries.rows(scope, gesture.id, after=first[-1].pk)
    assert (len(first), len(rest)) == (30, 15)
    assert queries.rows(queries.of_customer(0), gesture.id) == [], "another customer's is not opened by its id"
    assert queries.rows(scope, uuid4()) == []


@pytest.mark.parametrize("acts", [1, 30])
def test_a_page_costs_four_queries(ashdown: Customer, acts: int) -> None:
    for _ in range(acts):
        with writing(ALICE, "contact.added"):
            make.contact(ashdown)
            make.contact(ashdown)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.page(queries.of_customer(ashdown.pk).doing("contact.added"))
        for act in found.acts:
            for row in act.rows:
                assert list(queries.changes(row))
    assert len(found.acts) == acts
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("scope", "index"),
    [
        (queries.of_customer(1), "audit_log_customer"),
        (queries.of_object("domains", 1), "audit_log_object"),
        (queries.of_actor("user:alice"), "idx_audit_changed_by"),
        (queries.of_request("r1"), "audit_log_request"),
        (queries.everything(), "idx_audit_timestamp"),
    ],
)
def test_each_scope_has_its_index(db: None, scope: queries.Scope, index: str) -> None:
    asked = AuditLog.objects.filter(scope.where).order_by("-timestamp", "-gesture")[:30]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off" if index == "idx_audit_timestamp" else "SELECT 1")
    assert index in asked.explain()


def test_changes_tell_columns_by_the_names_people_know(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    Contact.objects.update(city="Leeds", fax="1")
    contact.delete()
    made, changed, removed = queries.history("contacts", contact.pk or changed_key())
    assert [(str(change.label), change.before, change.after) for change in queries.changes(changed)] == [
        ("fax", None, "1"),
        ("city", "London", "Leeds"),
    ]
    assert {change.column for change in queries.changes(made)} >= {"first_name", "city"}
    assert all(change.after is None for change in queries.changes(removed))


def changed_key() -> int:
    return AuditLog.objects.filter(table_name="contacts").latest("pk").record_id


# Events


def test_an_event_is_a_gesture_of_its_own_or_part_of_the_one_under_way(ashdown: Customer) -> None:
    events.record(Event.SIGNED_IN, actor=ALICE)
    with writing(BOB, "contacts.imported") as gesture:
        events.record(Event.IMPORTED, actor=BOB, customer_id=ashdown.pk, rows=3)
    acts = queries.page(queries.everything()).acts
    assert (acts[0].id, acts[0].events[0].detail) == (gesture.id, '{"rows":3}')
    assert (acts[1].verb, acts[1].actor, acts[1].ip_address) == ("login.succeeded", "user:alice", "192.0.2.1")


def test_an_event_of_a_verb_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"login\.guessed"):
        events.record("login.guessed", actor=ALICE)  # type: ignore[arg-type]  # the point


def test_every_event_has_its_words() -> None:
    assert set(WORDS) == set(Event)

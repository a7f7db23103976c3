"""What is finished is sealed, nothing else is, and what was redacted stays proven."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import events, proving, redaction, sealing, verifier
from audit.capture import standing
from audit.models import AuditEvent, AuditLog, Seal
from audit.verbs import Event
from customers.models import Contact, Customer
from macaw.kernel.errors import Invalid
from macaw.kernel.jobs.models import Heartbeat
from macaw.kernel.writing import writing
from tests import make
from tests.audit.trail import ALICE, SQLITE, doctor_says, faults, run
from tests.plain import PlainPostgres

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_an_open_transaction_leaves_no_hole(key_file: Path) -> None:
    """The earlier one has the lower number and commits last: nothing after it is sealed before it is."""
    if SQLITE:  # it has one writer, so entries become visible in the order of their numbers
        return
    customer = make.customer()
    sealing.seal_all()
    slow, quick = PlainPostgres(), PlainPostgres()
    insert = "INSERT INTO auth_group (name) VALUES (%s)"
    slow.run("BEGIN")
    slow.run(insert, ["slow"])
    quick.run(insert, ["quick"])
    assert sealing.seal_next() == 0, "the open one is older"
    slow.run("COMMIT")
    assert sealing.seal_next() == 2
    first, second = AuditLog.objects.filter(seal_id=2).order_by("transaction_id")
    assert (first.pk < second.pk) == (json.loads(str(first.new_values))["name"] == "slow")
    assert faults() == []
    assert customer.pk
    for plain in (slow, quick):
        plain.connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_does_not_wait_is_found_out(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the one above."""
    if SQLITE:
        return
    make.customer()
    sealing.seal_all()
    cluster = sealing._horizon()[1]
    monkeypatch.setattr(sealing, "_horizon", lambda: ("9223372036854775807", cluster))
    slow, quick = PlainPostgres(), PlainPostgres()
    slow.run("BEGIN")
    slow.run("INSERT INTO auth_group (name) VALUES ('slow')")
    quick.run("INSERT INTO auth_group (name) VALUES ('quick')")
    assert sealing.seal_next() == 1
    slow.run("COMMIT")
    assert sealing.seal_next() == 1
    assert any("put in before entries that were sealed already" in fault for fault in faults())
    for plain in (slow, quick):
        plain.connection.close()


def test_a_database_restored_into_another_cluster_goes_on(trail: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions are counted anew there, and what was not sealed before still is."""
    standing.put_up(connection)
    Contact.objects.update(city="Bath")
    monkeypatch.setattr(sealing, "_horizon", lambda: ("1", "another"))
    assert sealing.seal_next() == 1
    run("SELECT 1")
    assert faults() == []
    assert Seal.objects.latest("pk").cluster == "another"


def test_sealing_that_fails_midway_seals_nothing(
    finished: None, ashdown: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Seal.objects, "create", fail)
    with pytest.raises(OSError, match="the disk is full"), transaction.atomic():
        sealing.seal_next()
    assert not AuditLog.objects.exclude(seal_id=None).exists()


def test_batches_are_bounded_and_the_duty_goes_on_to_the_end(
    finished: None, ashdown: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing.seal_all()
    monkeypatch.setattr(sealing, "BATCH", 2)
    contact = make.contact(ashdown)
    for number in range(4):
        Contact.objects.filter(pk=contact.pk).update(city=f"City {number}")
    assert sealing.seal_all() == "5 entries"
    assert list(Seal.objects.order_by("pk").values_list("entries", flat=True))[1:] == [2, 2, 1]
    assert sealing.seal_all() == "0 entries"
    assert faults() == []


def test_what_waits_too_long_for_its_seal_is_told(finished: None, ashdown: Customer, clock: Any) -> None:
    sealing.seal_all()
    with writing(ALICE, "contact.added"):
        make.contact(ashdown)
    assert doctor_says("sealed_in_time").ok
    clock.shift(3600)
    assert doctor_says("sealed_in_time").ok, "without a worker, as after a restore, the probe tells of that"
    Heartbeat.objects.create(worker="here:1", host="here", pid=1)
    assert not doctor_says("sealed_in_time").ok
    sealing.seal_all()
    assert doctor_says("sealed_in_time").ok


# Redaction


def test_redaction_empties_values_and_keeps_the_trail_proven(finished: None, ashdown: Customer) -> None:
    contact = make.contact(ashdown, first_name="Augusta")
    with writing(ALICE, "contact.changed"):
        Contact.objects.update(city="Leeds")
    events.record(Event.SIGNED_IN, actor=ALICE, city="Leeds")
    assert redaction.redact_rows("contacts", [contact.pk], reason="Erasure asked for, no claim open", actor=ALICE) == 2
    found, wrong = proving.prove([])
    sealing.seal_all()
    assert list(wrong) == []
    assert len(found.redacted) == 2
    told = AuditLog.objects.filter(table_name="contacts").latest("pk")
    assert (told.old_values, told.new_values, told.salt) == (verifier.MARKER, verifier.MARKER, None)
    assert (told.changed_by, told.verb, told.record_id) == ("user:alice", "contact.changed", contact.pk)
    assert not AuditLog.objects.filter(new_values__contains="Augusta").exists()
    assert AuditEvent.objects.get(verb=Event.REDACTED).detail.count("audit_log") == 2
    assert doctor_says("complete").ok, "what is redacted is not missing"
    assert redaction.redact_rows("contacts", [contact.pk], reason="Again", actor=ALICE) == 0
    assert redaction.redact_events("user:alice", reason="Erasure", actor=ALICE) == 1
    assert faults() == []


def test_what_was_redacted_cannot_be_guessed_from_what_is_left(finished: None, ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    sealing.seal_all()
    line = next(sealing.lines("log", AuditLog, f"table_name = 'contacts' AND record_id = {contact.pk}", "audit_id"))
    redaction.redact_rows("contacts", [contact.pk], reason="Erasure", actor=ALICE)
    left = next(sealing.lines("log", AuditLog, f"table_name = 'contacts' AND record_id = {contact.pk}", "audit_id"))
    assert verifier.leaf(left) == verifier.leaf(line), "the seal still holds"
    guess = line | {"salt": ""}
    assert verifier.commitment(guess) != left["commitment"], "whoever guesses the values lacks the salt"
    assert verifier.commitment(line) == left["commitment"], "the control"


def test_redaction_wants_a_reason(ashdown: Customer) -> None:
    with pytest.raises(Invalid, match="Say why"):
        redaction.redact_rows("contacts", [1], reason=" ", actor=ALICE)


def test_redaction_by_command(finished: None, ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    said = StringIO()
    call_command("audit_redact", table="contacts", record=[contact.pk], reason="Erasure", stdout=said)
    assert said.getvalue().startswith("1 entries are redacted.")
    with pytest.raises(CommandError, match="Name either"):
        call_command("audit_redact", table="contacts", reason="Erasure")

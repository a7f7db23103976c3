"""Nobody changes the trail and is believed: each kind of tampering is found, and the first entry that is wrong is named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from audit import keys, proving, redaction, sealing, verifier
from audit.capture import standing
from audit.models import AuditEvent, AuditLog, Seal
from customers.models import Contact
from tests.audit.trail import ALICE, SQLITE, anchor, changed, doctor_says, entry, faults, run

pytestmark = pytest.mark.django_db


def test_an_untouched_trail_is_proven_seal_by_seal(trail: Contact) -> None:
    found, wrong = proving.prove([])
    assert list(wrong) == []
    assert found.seals == Seal.objects.count() == 3
    assert found.entries == AuditLog.objects.count() + AuditEvent.objects.count()
    assert not AuditLog.objects.filter(seal_id=None).exists()


def _event_changed() -> str:
    key = AuditEvent.objects.get(seal_id=2).pk
    run("UPDATE audit_events SET detail = '{\"rows\":2}' WHERE event_id = %s", [key])
    return f"audit_events {key}: it is not what was sealed (seal 2)"


def _deleted() -> str:
    gone, after = entry(2).pk, entry(2, 1).pk
    run("DELETE FROM audit_log WHERE audit_id = %s", [gone])
    return f"audit_log {after}: 1 of the entries sealed before it was removed (seal 2)"


def _all_of_a_seal_deleted() -> str:
    run("DELETE FROM audit_log WHERE seal_id = 2")
    run("DELETE FROM audit_events WHERE seal_id = 2")
    return "the last entry: 3 of the entries sealed before it were removed (seal 2)"


def _copied(seal: str, key: int) -> None:
    """A forged entry: one that is there, told again of another actor."""
    names = [
        str(field.column)
        for field in AuditLog._meta.concrete_fields
        if field.column not in {"audit_id", "changed_by", "seal_id"}
    ]
    columns = ", ".join(names)
    run(
        f"INSERT INTO audit_log (audit_id, changed_by, seal_id, {columns})"
        f" SELECT {key}, 'user:mallory', {seal}, {columns} FROM audit_log WHERE audit_id = %s",
        [entry(2).pk],
    )


def _inserted() -> str:
    key = AuditLog.objects.latest("pk").pk + 5
    _copied("2", key)
    return f"audit_log {key}: it was put in after sealing (seal 2)"


def _back_dated() -> str:
    """Into a gap among the numbers, without a seal: the next seal takes it."""
    key = -3
    _copied("NULL", key)
    run("UPDATE audit_log SET transaction_id = 0 WHERE audit_id = -3")
    sealing.seal_all()
    return f"audit_log {key}: it was put in before entries that were sealed already (seal 4)"


def _swapped() -> str:
    one, other = entry(2).pk, entry(2, 1).pk
    run("UPDATE audit_log SET audit_id = -1 WHERE audit_id = %s", [one])
    run("UPDATE audit_log SET audit_id = %s WHERE audit_id = %s", [one, other])
    run("UPDATE audit_log SET audit_id = %s WHERE audit_id = -1", [other])
    return f"audit_log {one}: it is not what was sealed (seal 2)"


def _moved() -> str:
    moved, after = entry(2).pk, entry(2, 1).pk
    run("UPDATE audit_log SET seal_id = 3 WHERE audit_id = %s", [moved])
    return f"audit_log {after}: 1 of the entries sealed before it was removed (seal 2)"


def _seal(column: str, value: str, told: str) -> Callable[[], str]:
    def tamper() -> str:
        run(f"UPDATE audit_seals SET {column} = {value} WHERE seal_id = 2")
        return told

    return tamper


def _leaves_swapped() -> str:
    leaves = Seal.objects.get(pk=2).leaves
    run("UPDATE audit_seals SET leaves = %s WHERE seal_id = 2", [leaves[64:] + leaves[:64]])
    return "seal 2: its leaves are not those that were sealed"


def _seal_gone() -> str:
    run("DELETE FROM audit_seals WHERE seal_id = 2")
    return "seal 3: it should be seal 2: one is missing, or there are two"


def _first_seal_gone() -> str:
    run("DELETE FROM audit_seals WHERE seal_id = 1")
    run("DELETE FROM audit_log WHERE seal_id = 1")
    run("DELETE FROM audit_events WHERE seal_id = 1")
    return "seal 2: it is the first there is, and 1 came before it"


def _last_seal_gone() -> str:
    run("DELETE FROM audit_seals WHERE seal_id = 3")
    return f"audit_log {entry(3).pk}: its seal 3 is gone"


def _all_seals_gone() -> str:
    run("DELETE FROM audit_seals")
    return f"audit_log {entry(1).pk}: its seal 1 is gone"


def _redacted_by_hand() -> str:
    key = entry(2).pk
    found = next(sealing.lines("log", AuditLog, f"audit_id = {key}", "audit_id"))
    run(
        "UPDATE audit_log SET old_values = NULL, new_values = %s, salt = NULL, commitment = %s WHERE audit_id = %s",
        [verifier.MARKER, verifier.commitment(found), key],
    )
    return f"audit_log {key}: redacted, and no record says why"


def _filled_again() -> str:
    redaction_of = entry(2).pk
    standing.put_up(connection)
    redaction.redact_rows("contacts", [entry(2).record_id], reason="Asked to", actor=ALICE)
    standing.take_down(connection)
    run('UPDATE audit_log SET new_values = \'{"city":"Rome"}\' WHERE audit_id = %s', [redaction_of])
    return f"audit_log {redaction_of}: it says it is redacted, and holds values that nothing proves (seal 2)"


TAMPERING: dict[str, Callable[[], str]] = {
    "values edited": changed("new_values", "'{}'"),
    "actor edited": changed("changed_by", "'user:mallory'"),
    "time edited": changed("timestamp", "'2026-01-01 00:00:00+00:00'"),
    "address edited": changed("ip_address", "'203.0.113.1'"),
    "address removed": changed("ip_address", "NULL"),
    "verb edited": changed("verb", "'x'"),
    "customer edited": changed("customer_id", "987"),
    "salt edited": changed("salt", "'00000000000000000000000000000000'"),
    "row edited": changed("record_id", "987"),
    "event edited": _event_changed,
    "entry deleted": _deleted,
    "a seal's entries deleted": _all_of_a_seal_deleted,
    "entry inserted": _inserted,
    "entry back-dated": _back_dated,
    "entries swapped": _swapped,
    "entry moved to another seal": _moved,
    "seal's root edited": _seal("root", "'00'", "seal 2: its signature is not its own"),
    "seal's leaves edited": _leaves_swapped,
    "seal's time edited": _seal("sealed_at", "'2026-11-21 09:00:00+00:00'", "seal 2: "),
    "seal's signature edited": _seal("signature", "'00'", "seal 2: its signature is not its own"),
    "seal's count edited": _seal("entries", "2", "seal 2: its signature is not its own"),
    "seal's key edited": _seal("key_id", "'a9'", "seal 2: it is signed with the key 'a9', which nobody knows"),
    "seal's link edited": _seal("previous", "'00'", "seal 2: it does not follow from the seal before it"),
    "seal deleted": _seal_gone,
    "first seal deleted": _first_seal_gone,
    "last seal deleted": _last_seal_gone,
    "all seals deleted": _all_seals_gone,
    "redacted by hand": _redacted_by_hand,
    "filled again after redaction": _filled_again,
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found_and_named(trail: Contact, kind: str) -> None:
    told = TAMPERING[kind]()
    found = faults()
    assert any(fault.startswith(told) for fault in found), (told, found)
    assert not doctor_says("seals").ok


# What only an anchor tells


def forget(seal: int) -> None:
    for table in ("audit_log", "audit_events", "audit_seals"):
        run(f"DELETE FROM {table} WHERE seal_id >= {seal}")


def test_a_tail_that_was_cut_off_or_an_older_copy_is_found_by_an_anchor(trail: Contact) -> None:
    kept = anchor()
    assert faults([kept]) == []
    forget(3)
    assert faults() == [], "the control: what is left is sound by itself"
    assert faults([kept]) == [
        "seal 3: an anchor knows it, and it is gone: the end was cut off, or an older copy restored"
    ]


def test_a_trail_that_was_written_anew_with_the_key_is_found_by_an_anchor(trail: Contact) -> None:
    kept = anchor()
    key = entry(2).pk
    run("DELETE FROM audit_seals")
    run("UPDATE audit_log SET changed_by = 'user:mallory' WHERE audit_id = %s", [key])
    for seal in (1, 2, 3):
        reseal(seal)
    assert faults() == [], "the control: whoever has the key can write all of it anew"
    assert faults([kept]) == ["seal 3: an anchor knows it otherwise: the trail was written anew, or forked"]


def reseal(seal: int) -> None:
    """What an intruder with the signing key does."""
    found = [
        line for kind, model in sealing.KINDS.items() for line in sealing.lines(kind, model, f"seal_id = {seal}", "1")
    ]
    made = sealing._signed(
        sealing._newest(), sorted(found, key=verifier.place), "" if SQLITE else "a-cluster", keys.signing_keys()
    )
    Seal.objects.create(**{name: value for name, value in made.items() if name != "kind"})


def test_two_anchors_of_one_seal_that_differ_tell_of_a_fork(trail: Contact) -> None:
    one = anchor()
    run("DELETE FROM audit_seals WHERE seal_id = 3")
    reseal(3)
    other = anchor()
    assert one != other
    assert any("forked" in fault for fault in faults([one, other]))


def test_an_anchor_that_was_edited_is_not_believed(trail: Contact) -> None:
    edited = anchor() | {"entries": 99}
    assert "anchor of seal 3: its signature is not its own" in faults([edited])


def test_a_restored_copy_that_went_on_differently_is_found(trail: Contact) -> None:
    """The restore has no link to the last anchor: the numbers come again, and mean something else."""
    kept = anchor()
    forget(3)
    standing.put_up(connection)
    Contact.objects.update(city="Bath")
    sealing.seal_all()
    assert faults() == []
    assert faults([kept]) == ["seal 3: an anchor knows it otherwise: the trail was written anew, or forked"]


# Keys


def test_a_key_that_was_swapped_is_unknown(trail: Contact, key_file: Path) -> None:
    key_file.unlink()
    keys.make(key_file)
    assert faults()[0] == "seal 1: its signature is not its own"


def test_a_retired_key_proves_what_it_signed_and_nothing_later(trail: Contact, key_file: Path) -> None:
    old = json.loads(key_file.read_text())
    assert keys.rotate(key_file) == "a2"
    assert "private" not in json.loads(key_file.read_text())["keys"]["a1"]
    standing.put_up(connection)
    Contact.objects.update(city="Bath")
    sealing.seal_all()
    assert Seal.objects.latest("pk").key_id == "a2"
    assert faults() == []
    held = json.loads(key_file.read_text())
    held["current"], held["keys"]["a1"]["private"] = "a1", old["keys"]["a1"]["private"]
    key_file.write_text(json.dumps(held))
    Contact.objects.update(city="Rome")
    sealing.seal_all()
    assert faults() == ["seal 5: it is signed with the key 'a1', which was retired before"]


def test_a_key_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for text in ("", "{}", '{"current": "a1", "keys": {"a1": {"public": "", "until": null}}}'):
        (tmp_path / "k").write_text(text)
        with pytest.raises(Exception, match="MACAW_AUDIT_KEY_FILE"):
            keys.read(tmp_path / "k")

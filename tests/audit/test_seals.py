"""Nobody changes the trail and is believed: each kind of tampering is found, and the first entry that is wrong is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import events, keys, proving, redaction, sealing, verifier
from audit.capture import standing
from audit.models import AuditEvent, AuditLog, Seal
from audit.verbs import Event
from customers.models import Contact, Customer
from macaw.kernel import doctor
from macaw.kernel.errors import Invalid
from macaw.kernel.writing import Actor, writing
from tests import make
from tests.plain import PlainPostgres

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
ALICE = Actor("user", "alice", ip_address="192.0.2.7", user_agent="Firefox")
Line = dict[str, Any]


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "audit-key.json"
    keys.make(path)
    settings.MACAW_AUDIT_KEY_FILE = path
    return path


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    """Entries of the test's own transaction count as finished, which on PostgreSQL they are not."""
    monkeypatch.setattr(sealing, "_horizon", lambda: ("9223372036854775807", "" if SQLITE else "a-cluster"))


@pytest.fixture
def trail(finished: None, ashdown: Customer) -> Contact:
    """Three seals over a handful of entries and events, and triggers that are off, as an intruder would have them."""
    contact = make.contact(ashdown)
    for city in ("Leeds", "York", "Hull"):
        with writing(ALICE, "contact.changed"):
            Contact.objects.update(city=city)
            Contact.objects.update(fax=city)
            events.record(Event.EXPORTED, actor=ALICE, customer_id=ashdown.pk, about=("contacts", contact.pk), rows=1)
        sealing.seal_all()
    if not SQLITE:
        run("SET CONSTRAINTS ALL IMMEDIATE")
    standing.take_down(connection)
    return contact


def faults(anchors: list[Line] | None = None) -> list[str]:
    return list(proving.prove(anchors or [])[1])


def entry(seal: int, nth: int = 0) -> AuditLog:
    return AuditLog.objects.filter(seal_id=seal).order_by("audit_id")[nth]


def test_an_untouched_trail_is_proven_seal_by_seal(trail: Contact) -> None:
    found, wrong = proving.prove([])
    assert list(wrong) == []
    assert found.seals == Seal.objects.count() == 3
    assert found.entries == AuditLog.objects.count() + AuditEvent.objects.count()
    assert not AuditLog.objects.filter(seal_id=None).exists()


def _changed(column: str, value: str) -> Callable[[], str]:
    def tamper() -> str:
        key = entry(2).pk
        run(f"UPDATE audit_log SET {column} = {value} WHERE audit_id = %s", [key])
        return f"audit_log {key}: it is not what was sealed (seal 2)"

    return tamper


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
    "values edited": _changed("new_values", "'{}'"),
    "actor edited": _changed("changed_by", "'user:mallory'"),
    "time edited": _changed("timestamp", "'2026-01-01 00:00:00+00:00'"),
    "address edited": _changed("ip_address", "'203.0.113.1'"),
    "address removed": _changed("ip_address", "NULL"),
    "verb edited": _changed("verb", "'x'"),
    "customer edited": _changed("customer_id", "987"),
    "salt edited": _changed("salt", "'00000000000000000000000000000000'"),
    "row edited": _changed("record_id", "987"),
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


def doctor_says(name: str) -> doctor.Result:
    (check,) = (check for check in doctor.checks() if check.name == name)
    return doctor.examine(check)


# What only an anchor tells


def anchor() -> Line:
    found = proving.anchor()
    assert found is not None
    again: Line = json.loads(json.dumps(found))
    return again


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


# The sealer


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
    make.contact(ashdown)
    assert doctor_says("sealed_in_time").ok
    clock.shift(3600)
    assert not doctor_says("sealed_in_time").ok
    sealing.seal_all()
    assert doctor_says("sealed_in_time").ok


# Elsewhere, with nothing of ours


@pytest.fixture
def exported(trail: Contact, tmp_path: Path) -> Path:
    standing.put_up(connection)
    call_command("audit_export", tmp_path / "trail.jsonl.gz", stdout=StringIO())
    call_command("audit_anchor", tmp_path / "anchor.jsonl", stdout=StringIO())
    return tmp_path / "trail.jsonl.gz"


def prove(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The file alone, in a Python without site-packages and away from this tree."""
    copy = path.parent / "verifier.py"
    copy.write_text(Path(verifier.__file__).read_text())
    command = [sys.executable, "-I", "-S", str(copy), str(path), *options]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)


def test_an_export_is_proven_by_one_file_that_needs_nothing(exported: Path) -> None:
    done = prove(exported, "--anchor", str(exported.parent / "anchor.jsonl"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Proven: 4 seals over")
    assert "Without --anchor" in prove(exported).stdout


def unpacked(exported: Path, change: Callable[[list[Line]], list[Line]]) -> Path:
    lines = change(list(verifier._lines(exported)))
    path = exported.parent / "changed.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def _edit(lines: list[Line]) -> list[Line]:
    lines[1]["changed_by"] = "user:mallory"
    return lines


def _sign_anew(lines: list[Line]) -> list[Line]:
    """With a key of one's own, which the header then gives as the true one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    lines[0]["keys"]["a1"]["public"] = key.public_key().public_bytes_raw().hex()
    before: Line | None = None
    for line in lines[1:]:
        if line["kind"] == "seal":
            line["previous"] = verifier.digest(before) if before else ""
            line["signature"] = key.sign(verifier.signed(line)).hex()
            before = line
    return lines


ELSEWHERE: dict[str, tuple[Callable[[list[Line]], list[Line]], str]] = {
    "untouched": (lambda lines: lines, ""),
    "edited": (_edit, "it is not what was sealed"),
    "an entry less": (lambda lines: lines[:1] + lines[2:], "removed"),
    "an entry twice": (lambda lines: [*lines[:2], lines[1], *lines[2:]], "doubled"),
    "cut off": (lambda lines: lines[:-2], "cut off"),
    "no header": (lambda lines: lines[1:], "cannot be read"),
    "empty": (lambda _lines: [], "cannot be read"),
    "signed anew": (_sign_anew, "its signature is not its own"),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_an_export_that_was_tampered_with_is_not_proven(exported: Path, kind: str) -> None:
    change, told = ELSEWHERE[kind]
    done = prove(unpacked(exported, change), "--anchor", str(exported.parent / "anchor.jsonl"))
    assert done.returncode == (1 if told else 0), done.stdout
    assert done.stderr == ""
    assert told in done.stdout


def test_without_an_anchor_a_trail_signed_anew_passes_and_the_program_says_that_it_would(exported: Path) -> None:
    done = prove(unpacked(exported, _sign_anew))
    assert "a trail written anew would pass" in done.stdout


def test_a_range_is_proven_by_itself(exported: Path) -> None:
    part = exported.parent / "part.jsonl"
    call_command("audit_export", part, first=2, last=3, stdout=StringIO())
    done = prove(part, "--anchor", str(exported.parent / "anchor.jsonl"))
    assert "Proven: 2 seals" in prove(part).stdout
    assert "seal 4: an anchor knows it" in done.stdout
    with pytest.raises(CommandError, match="stays as it is"):
        call_command("audit_export", part, stdout=StringIO())


def test_the_command_names_the_first_fault_and_fails(trail: Contact, tmp_path: Path) -> None:
    standing.put_up(connection)
    call_command("audit_anchor", tmp_path / "anchor", stdout=StringIO())
    said = StringIO()
    call_command("audit_verify", anchor=[tmp_path / "anchor"], stdout=said)
    assert said.getvalue().count("true ") == 4
    assert "0 of them redacted" in said.getvalue()
    standing.take_down(connection)
    told = _changed("verb", "'x'")()
    standing.put_up(connection)
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", stdout=said)
    assert f"FALSE every seal holds: {told}" in said.getvalue()
    assert "written anew" in said.getvalue()


# The mathematics, by the vectors of the standards

CT_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_9162() -> None:
    import hashlib

    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(text)).hexdigest() for text in CT_INPUTS]
    assert [verifier.root(leaves[: count + 1]) for count in range(8)] == CT_ROOTS
    assert verifier.root([]) == hashlib.sha256().hexdigest()


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize("check", [verifier.check_signature, keys.check_signature])
@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_both_ways_to_check_a_signature_agree_with_rfc_8032(
    check: verifier.CheckSignature, public: str, message: str, signature: str
) -> None:
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert check(key, text, sign)
    assert not check(key, text + b"x", sign)
    assert not check(key[::-1], text, sign)
    for at in (0, 31, 32, 63):
        wrong = bytearray(sign)
        wrong[at] ^= 1
        assert not check(key, text, bytes(wrong))
    order = verifier.Q + int.from_bytes(sign[32:], "little")
    assert not check(key, text, sign[:32] + order.to_bytes(32, "little")), "one signature has one form"
    assert not check(key, text, sign[:-1])

"""The triggers are alive after every migration, and whoever takes one away is noticed before anything goes unrecorded."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models
from django.db.migrations import Migration, operations

from audit import completeness, context, migrating
from audit.capture import columns, standing
from audit.models import AuditEvent, AuditLog
from audit.verbs import Event
from customers.models import Contact, Customer
from macaw.kernel import doctor, tables
from macaw.kernel.errors import Unavailable
from macaw.kernel.tables import Class
from macaw.kernel.writing import Actor, writing
from tests import make

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
ALICE = Actor("user", "alice")


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def drop(table: str) -> None:
    """What somebody does who wants to change a row unseen."""
    if SQLITE:
        run(f'DROP TRIGGER "macaw_update_{table}"')
    else:
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(f'DROP TRIGGER macaw_audit ON "{table}"')


def result(name: str) -> doctor.Result:
    (check,) = (check for check in doctor.checks() if check.name == name)
    return doctor.examine(check)


def test_they_stand_as_the_models_want_them() -> None:
    assert list(standing.faults(connection)) == []


def test_each_audited_table_is_one_that_triggers_can_follow() -> None:
    audited = standing.audited()
    assert {model._meta.db_table for model in audited} == {
        name for name, table in tables.declared().items() if table.kind is Class.AUDITED
    }
    for model in audited:
        assert isinstance(model._meta.pk, models.AutoField | models.BigAutoField), model
        assert columns.row_json(connection.vendor, model, "NEW"), "each of its columns is of a kind the trail can write"


def test_hidden_and_left_out_columns_exist_and_have_their_reason() -> None:
    there = {
        f"{model._meta.db_table}.{field.column}"
        for model in standing.audited()
        for field in model._meta.concrete_fields
    }
    named = tables.hidden_columns() | tables.left_out_columns()
    assert set(named) <= there
    assert all(named.values())


MEDDLING = {
    "sqlite": {
        "DROP TRIGGER macaw_delete_contacts": "trigger macaw_delete_contacts is missing",
        "DROP TRIGGER macaw_keep_audit_log": "trigger macaw_keep_audit_log is missing",
        "CREATE TRIGGER sly AFTER INSERT ON contacts BEGIN SELECT 1; END": "trigger sly is not ours",
        "CREATE TRIGGER macaw_x AFTER INSERT ON contacts BEGIN SELECT 1; END": "trigger macaw_x is not ours",
    },
    "postgresql": {
        "DROP TRIGGER macaw_audit ON contacts": "trigger macaw_audit contacts is missing",
        "DROP TRIGGER macaw_guard ON audit_log": "trigger macaw_guard audit_log is missing",
        "ALTER TABLE contacts DISABLE TRIGGER macaw_audit": "trigger macaw_audit contacts is not as it was made",
        "ALTER TABLE contacts ENABLE REPLICA TRIGGER macaw_audit": "trigger macaw_audit contacts is not as it was made",
        "CREATE TRIGGER sly AFTER INSERT ON contacts EXECUTE FUNCTION macaw_no_truncate()": "trigger sly contacts is not ours",
        "ALTER FUNCTION macaw_audit_contacts() SECURITY INVOKER": "trigger macaw_audit contacts is not as it was made",
        "CREATE OR REPLACE FUNCTION macaw_audit_contacts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN RETURN NULL; END'": "trigger macaw_audit contacts is not as it was made",
    },
}


@pytest.mark.parametrize(("sql", "fault"), MEDDLING[connection.vendor].items())
def test_whoever_meddles_with_them_is_noticed(ashdown: Customer, sql: str, fault: str) -> None:
    if not SQLITE:
        run("SET CONSTRAINTS ALL IMMEDIATE")
    run(sql)
    assert list(standing.faults(connection)) == [fault]
    assert result("capture").first == fault
    standing.restore(connection)
    left = [fault] if "sly" in sql else []
    assert list(standing.faults(connection)) == left, "what is not ours stays until somebody has looked at it"


def test_a_trigger_made_otherwise_under_our_name_is_noticed() -> None:
    if not SQLITE:  # see MEDDLING
        return
    run("DROP TRIGGER macaw_delete_contacts")
    run("CREATE TRIGGER macaw_delete_contacts AFTER DELETE ON contacts BEGIN SELECT 1; END")
    assert list(standing.faults(connection)) == ["trigger macaw_delete_contacts is not as it was made"]


@pytest.fixture
def _fresh_process() -> Iterator[None]:
    """A process that has not written yet."""
    context._insist_on_capture.cache_clear()
    yield
    context._insist_on_capture.cache_clear()


@pytest.mark.usefixtures("_fresh_process")
def test_a_process_that_finds_capture_broken_writes_nothing(ashdown: Customer) -> None:
    context._insist_on_capture.cache_clear()
    drop("contacts")
    with pytest.raises(Unavailable, match="not recorded"), writing(ALICE, "customer.changed"):
        Customer.objects.update(company_name="Other")
    assert not Customer.objects.filter(company_name="Other").exists()
    standing.restore(connection)
    with writing(ALICE, "customer.changed"):
        Customer.objects.update(company_name="Other")


def test_the_readiness_probe_says_so(client: Any) -> None:
    assert client.get("/readyz").json()["checks"]["audit"]["ok"]
    drop("contacts")
    found = client.get("/readyz").json()["checks"]["audit"]
    assert not found["ok"]
    assert "contacts is missing" in found["says"]


# Migrations


@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_table_loses_its_triggers_on_sqlite_and_the_end_of_a_migration_brings_them_back() -> None:
    if not SQLITE:  # PostgreSQL changes a table in place
        return
    with connection.schema_editor() as editor:
        editor._remake_table(Contact)  # type: ignore[attr-defined]  # what Django does for most changes of a table
    missing = [fault for fault in standing.faults(connection) if "missing" in fault]
    assert len(missing) == 5, "the control: the rebuild did take them away"
    call_command("migrate", verbosity=0)
    assert list(standing.faults(connection)) == []


def test_what_a_migration_changed_while_capture_was_off_is_entered_afterwards(ashdown: Customer) -> None:
    changed, removed = make.contact(ashdown), make.contact(ashdown)
    standing.take_down(connection)
    run("UPDATE contacts SET city = 'Leeds' WHERE contact_id = %s", [changed.pk])
    run("DELETE FROM contacts WHERE contact_id = %s", [removed.pk])
    made = make.contact(ashdown)
    assert len(list(completeness.gaps())) == 3
    call_command("migrate", verbosity=0)
    found = AuditLog.objects.filter(table_name="contacts", verb=Event.CAPTURE_RESTORED).order_by("record_id")
    told = [(entry.record_id, entry.action, entry.changed_by, entry.customer_id) for entry in found]
    assert told == [
        (changed.pk, "UPDATE", "db:migrate", ashdown.pk),
        (removed.pk, "DELETE", "db:migrate", ashdown.pk),
        (made.pk, "INSERT", "db:migrate", ashdown.pk),
    ]
    event = AuditEvent.objects.filter(verb=Event.CAPTURE_RESTORED).latest("pk")
    assert '"unseen":3' in event.detail
    assert list(completeness.gaps()) == []
    assert list(completeness.breaks()) == []


def test_a_migration_with_nothing_to_do_leaves_them_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "take_down", lambda *_: pytest.fail("they were taken down"))
    call_command("migrate", verbosity=0)


def test_on_postgresql_only_tables_that_lose_a_column_go_uncaptured_while_others_write() -> None:
    from django.apps import apps

    class Steps(Migration):
        operations = [
            operations.AddField("customer", "x", models.TextField(null=True)),
            operations.RemoveField("contact", "fax"),
            operations.CreateModel("Parrot", [("id", models.BigAutoField(primary_key=True))]),
        ]

    steps = Steps("x", "customers")
    assert migrating._shrinking([(steps, False)], apps) == {"contacts"}
    assert migrating._shrinking([(steps, True)], apps) == {"customers"}


def test_flush_empties_a_demo_and_nothing_else(settings: Any) -> None:
    settings.MACAW_DEMO = False
    with pytest.raises(CommandError, match="demos alone"):
        call_command("flush", interactive=False, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_flush_puts_the_triggers_back() -> None:
    make.customer()
    with pytest.raises(IntegrityError):
        run("DELETE FROM audit_log")
    call_command("flush", interactive=False, verbosity=0)
    assert list(standing.faults(connection)) == []
    assert not Customer.objects.exists()


# What changes unseen is found out


def test_a_sound_trail_is_complete(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    contact.city = "Leeds"
    contact.save()
    contact.delete()
    domain = make.domain(ashdown, auth_code="A-Code-1")
    domain.auth_code = "B-Code-2"
    domain.save()
    run("UPDATE domains SET auth_code = 'v1.k1.x.y'")
    assert result("complete").first == ""


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE contacts SET city = 'Leeds', fax = '1'", "fax, city changed unseen"),
        ("DELETE FROM contacts", "it was removed unseen"),
    ],
)
def test_a_change_with_the_triggers_off_is_found(ashdown: Customer, sql: str, told: str) -> None:
    contact = make.contact(ashdown)
    standing.take_down(connection, None if SQLITE else {"contacts"})
    run(sql)
    standing.restore(connection)
    assert list(map(str, completeness.gaps())) == [f"contacts {contact.pk}: {told}"]
    assert told in result("complete").first


def test_it_is_still_found_when_the_row_changed_again_since(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    standing.take_down(connection, None if SQLITE else {"contacts"})
    run("UPDATE contacts SET city = 'Leeds'")
    standing.restore(connection)
    run("UPDATE contacts SET city = 'York'")
    assert list(completeness.gaps()) == []
    (found,) = completeness.breaks()
    assert f"contacts {contact.pk} was changed unseen before it" in found


@pytest.mark.parametrize("action", ["INSERT", "UPDATE", "DELETE"])
def test_an_entry_that_somebody_wrote_by_hand_is_found(ashdown: Customer, action: str) -> None:
    contact = make.contact(ashdown)
    AuditLog.objects.create(
        table_name="contacts",
        record_id=contact.pk,
        action=action,
        changed_by="user:mallory",
        new_values='{"city":"Rome"}',
    )
    assert not result("complete").ok

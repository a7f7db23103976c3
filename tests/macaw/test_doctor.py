"""The doctor finds each fault that somebody plants behind the product's back, and nothing in a sound database."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection

from customers.models import Customer
from domains.models import Domain
from macaw.kernel import doctor, schema, tables
from tests import make, rows
from tests.plain import ThroughDjango

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
DROPPED = "ALTER TABLE memberships DROP CONSTRAINT memberships_role"
ROLES = "role IN ('owner', 'manager', 'billing', 'viewer')"


def result(name: str) -> doctor.Result:
    (check,) = (check for check in doctor.checks() if check.name == name)
    return doctor.examine(check)


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def unguarded(table: str, constraint: str) -> Iterator[None]:
    """The database without one of its own guards, so that a fault can be planted at all."""
    if SQLITE:
        run("PRAGMA ignore_check_constraints = ON")
    else:
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"')
    yield
    if SQLITE:
        run("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def sound(ashdown: Customer) -> Domain:
    """A little of everything, all of it true."""
    domain = make.domain(ashdown, "example.com", auth_code="A-Code-1")
    domain.domain_contacts.create(contact=make.contact(ashdown), contact_role="registrant")
    domain.nameservers.create(hostname="ns1.example.net")
    invoice = ashdown.invoices.create(
        invoice_number="MC-1", due_date="2027-01-01T00:00Z", status="issued", total_amount="0.30", paid_amount="0.10"
    )
    invoice.items.create(
        item_type="renewal", description="x", quantity=3, unit_price="0.10", total_price="0.30", domain=domain
    )
    for amount, status in (("0.20", "completed"), ("-0.10", "completed"), ("5.00", "failed")):
        invoice.payments.create(customer=ashdown, payment_method="paypal", amount=amount, status=status)
    return domain


@pytest.mark.parametrize("name", [check.name for check in doctor.checks()])
def test_a_sound_database_passes(sound: Domain, name: str) -> None:
    found = result(name)
    assert found.ok, found.first


def test_a_database_with_nothing_in_it_passes(db: None) -> None:
    assert [found.first for found in doctor.examine_all() if not found.ok] == []


def test_a_row_that_points_nowhere_is_an_orphan(sound: Domain) -> None:
    run("UPDATE nameservers SET domain_id = 987654321")
    found = result("orphans")
    run("UPDATE nameservers SET domain_id = %s", [sound.pk])
    assert found.offenders == 1
    assert re.fullmatch(r"nameservers \d+: domain_id", found.first)


def test_sqlites_own_examination_is_asked_where_there_is_one(sound: Domain) -> None:
    assert ("sqlite" in {check.name for check in doctor.checks()}) is SQLITE
    if not SQLITE:
        return
    run("UPDATE nameservers SET domain_id = 987654321")
    found = result("sqlite")
    run("UPDATE nameservers SET domain_id = %s", [sound.pk])
    assert found.offenders == 1
    assert "no row of domains" in found.first


def test_a_choice_the_code_does_not_know_is_found(sound: Domain) -> None:
    with unguarded("memberships", "memberships_role"):
        run("UPDATE memberships SET role = 'emperor'")
        found = result("choices")
    assert found.first.endswith("role 'emperor'")


def test_an_index_that_is_gone_is_missed(sound: Domain) -> None:
    run("DROP INDEX idx_domains_tld")
    found = result("declared")
    assert found.offenders == 1
    assert "idx_domains_tld" in found.first


def without(name: str) -> Callable[[str], str]:
    """A CREATE TABLE statement less the rule of this name."""

    def alter(sql: str) -> str:
        head, _bracket, body = sql.partition("(")
        kept = [part for part in schema._pieces(body.rpartition(")")[0]) if name not in part]
        return f"{head}({', '.join(kept)})"

    return alter


def made_over(alter: Callable[[str], str]) -> None:
    """Replace memberships by a table of another statement, as a careless repair by hand would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'memberships'")
        sql = cursor.fetchone()[0]
    assert alter(sql) != sql
    run("DROP TABLE memberships")
    run(alter(sql))


def dropped_foreign_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'memberships'::regclass AND contype = 'f'")
        run(f'ALTER TABLE memberships DROP CONSTRAINT "{cursor.fetchone()[0]}"')


DAMAGE: dict[str, list[tuple[Callable[[], None], str]]] = {
    "sqlite": [
        (lambda: made_over(without("memberships_role")), "memberships_role"),
        (lambda: made_over(without("memberships_once")), "memberships_once"),
        (lambda: made_over(lambda sql: sql.replace("'viewer'", "'viewer', 'emperor'")), "memberships_role"),
        (
            lambda: made_over(lambda sql: sql.replace('"role" text NOT NULL', '"role" text NULL')),
            '"role" text NOT NULL',
        ),
        (
            lambda: made_over(lambda sql: re.sub(r'REFERENCES "customers".*?DEFERRED', "", sql)),
            'REFERENCES "customers"',
        ),
    ],
    "postgresql": [
        (lambda: run(DROPPED), "memberships_role"),
        (lambda: run("ALTER TABLE memberships DROP CONSTRAINT memberships_once"), "memberships_once"),
        (
            lambda: run(f"{DROPPED}, ADD CONSTRAINT memberships_role CHECK ({ROLES} OR role = 'emperor')"),
            "memberships_role",
        ),
        (lambda: run(f"{DROPPED}, ADD CONSTRAINT memberships_role CHECK ({ROLES}) NOT VALID"), "memberships_role"),
        (lambda: run("ALTER TABLE memberships ALTER COLUMN role DROP NOT NULL"), "column role"),
        (lambda: run("ALTER TABLE memberships ALTER COLUMN created_at DROP DEFAULT"), "column created_at"),
        (dropped_foreign_key, "FOREIGN KEY"),
    ],
}


@pytest.mark.parametrize(("damage", "missed"), DAMAGE[connection.vendor])
def test_a_rule_that_is_gone_or_weakened_is_noticed(sound: Domain, damage: Callable[[], None], missed: str) -> None:
    if not SQLITE:
        run("SET CONSTRAINTS ALL IMMEDIATE")
    damage()
    assert any(missed in part for table, part in schema.missing() if table == "memberships")
    assert not result("declared").ok


@pytest.mark.parametrize(
    ("sql", "offender"),
    [
        ("UPDATE domains SET auto_renew = 7", "auto_renew"),
        ("UPDATE domains SET expiration_date = 'soon'", "expiration_date"),
        ("UPDATE billing_items SET quantity = 3.5", "quantity"),
        ("UPDATE domains SET row_uuid = 'x'", "row_uuid"),
        ("UPDATE invoices SET total_amount = 'abc'", "total_amount"),
        ("UPDATE jobs SET payload = '{'", "payload"),
    ],
)
def test_a_value_of_another_kind_than_its_column_is_found(sound: Domain, sql: str, offender: str) -> None:
    (job,) = (model for model in tables.our_models() if model._meta.db_table == "jobs")
    rows.insert(ThroughDjango(), job)
    if not SQLITE:  # its types do what the check does
        with pytest.raises(DatabaseError):
            run(sql)
        return
    with unguarded("", ""):
        run(sql)
        found = result("kinds")
    assert found.first.endswith(offender)


@pytest.fixture
def crane(charlie: Any) -> Customer:
    customer: Customer = charlie.memberships.get().customer
    return customer


def test_a_contact_of_another_customer_on_a_domain_is_found(sound: Domain, crane: Customer) -> None:
    run("UPDATE domain_contacts SET contact_id = %s", [make.contact(crane).pk])
    found = result("tenancy")
    assert found.offenders == 1
    assert found.first.startswith("domain_contacts ")
    assert f"customer {crane.pk}" in found.first


def test_a_line_for_another_customers_domain_is_found(sound: Domain, crane: Customer) -> None:
    run("UPDATE billing_items SET domain_id = %s", [make.domain(crane).pk])
    assert result("tenancy").first.startswith("billing_items ")


def test_a_payment_of_another_customers_invoice_is_found(sound: Domain, crane: Customer) -> None:
    run("UPDATE payments SET customer_id = %s WHERE status = 'failed'", [crane.pk])
    found = result("tenancy")
    assert (found.offenders, found.first.partition(" ")[0]) == (1, "payments")


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE invoices SET total_amount = 0.31", "invoice_totals"),
        ("UPDATE billing_items SET quantity = 2, total_price = 0.20", "invoice_totals"),
        ("DELETE FROM billing_items", "invoice_totals"),
        ("UPDATE invoices SET paid_amount = 0.11", "invoice_payments"),
        ("UPDATE payments SET status = 'pending' WHERE amount < 0", "invoice_payments"),
        ("UPDATE invoices SET currency = 'EUR'", "currency"),
        ("DELETE FROM memberships", "owners"),
        ("UPDATE memberships SET role = 'manager'", "owners"),
    ],
)
def test_what_one_statement_makes_false_is_found(sound: Domain, sql: str, check: str) -> None:
    run(sql)
    found = result(check)
    assert found.offenders == 1
    assert found.first


@pytest.mark.parametrize(
    ("facts", "grouped", "false"),
    [
        ({"is_staff": True}, False, "is staff without a group"),
        ({"is_superuser": True}, False, "is in a group or a superuser, but not staff"),
        ({}, True, "is in a group or a superuser, but not staff"),
        ({"is_staff": True}, True, ""),
        ({"is_staff": True, "is_superuser": True}, False, ""),
        ({}, False, ""),
    ],
)
def test_staff_and_their_groups_agree(db: None, facts: dict[str, bool], grouped: bool, false: str) -> None:
    user = make.user("sam", **facts)
    if grouped:
        for name in ("nights", "days"):
            user.groups.add(Group.objects.create(name=name))
    assert result("staff").first == (false and f"users {user.pk}: sam {false}")


def test_an_ending_that_is_not_the_names_own_is_found(sound: Domain) -> None:
    with unguarded("domains", "domains_tld"):
        run("UPDATE domains SET tld = 'net'")
        found = result("tld")
    assert "example.com is kept under 'net'" in found.first


def test_a_moved_ciphertext_is_found_and_keys_are_counted(sound: Domain, ashdown: Customer) -> None:
    other = make.domain(ashdown, "other.com", auth_code="B-Code-2")
    run("UPDATE domains SET auth_code = %s WHERE domain_id = %s", [sound.auth_code.sealed, other.pk])
    found = result("sealed")
    assert found.offenders == 1
    assert f"domains.auth_code {other.pk}" in found.first
    assert "key k1: 2" in found.notes


@pytest.mark.parametrize("fingerprint", ["", "k1:0000000000000000", "k9:0000000000000000"])
def test_a_fingerprint_of_another_code_is_found(sound: Domain, fingerprint: str) -> None:
    run("UPDATE domains SET auth_code_fingerprint = %s", [fingerprint])
    assert "fingerprint" in result("sealed").first


def test_a_migration_that_was_not_applied_is_found(sound: Domain) -> None:
    run("DELETE FROM django_migrations WHERE app = 'billing'")
    assert result("migrations").first == "billing.0001_initial"


@pytest.mark.parametrize("text", ["{", "[]", "plain"])
def test_an_audit_entry_that_is_no_json_is_found(db: None, text: str) -> None:
    run(
        "INSERT INTO audit_log (table_name, record_id, action, changed_by, new_values)"
        " VALUES ('domains', 1, 'UPDATE', 'db:local', %s)",
        [text],
    )
    assert result("trail_json").first.endswith("new_values")


def test_a_check_that_cannot_run_has_failed(db: None) -> None:
    def broken() -> Iterator[str]:
        raise DatabaseError("no such table")
        yield ""

    found = doctor.examine(doctor.Check("broken", "never", broken))
    assert not found.ok
    assert found.first == "the check could not run: no such table"


def test_it_counts_all_offenders_and_keeps_only_the_first() -> None:
    """A database with a million faults is examined in the memory of one."""
    found = doctor.examine(doctor.Check("many", "never", lambda: (f"row {n}" for n in range(1_000_000))))
    assert (found.offenders, found.first) == (1_000_000, "row 0")


def test_the_command_says_what_is_true_and_ends_well(sound: Domain) -> None:
    said = StringIO()
    call_command("doctor", stdout=said)
    assert f"All {len(doctor.checks())} checks hold." in said.getvalue()


def test_the_command_names_the_first_offender_and_fails(sound: Domain) -> None:
    run("DELETE FROM memberships")
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=said)
    assert ended.value.code == 1
    assert f"customers {sound.customer_id}: no owner" in said.getvalue()
    assert "Not true: owners." in said.getvalue()


def test_machines_read_the_same_as_json(sound: Domain) -> None:
    run("DELETE FROM memberships")
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert told["ok"] is False
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["owners"]
    assert len(told["checks"]) == len(doctor.checks())

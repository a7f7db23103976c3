"""Every write lands in the trail, whoever makes it and however, with who, from where and what for; or it is not made."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client as Browser
from django.test import RequestFactory

from audit.capture import standing
from audit.models import AuditContext, AuditLog
from customers.models import Contact, Customer, User
from macaw.kernel import clock
from macaw.kernel.requests import RequestMiddleware
from macaw.kernel.writing import Actor, writing
from tests import make, rows
from tests.plain import Client, Refused, client, rolled_back

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
ALICE = Actor("user", "alice", ip_address="192.0.2.7", user_agent="Firefox")
AUDITED = standing.audited()


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def nobody() -> str:
    """Who a client is that says nothing of itself."""
    return "db:local" if SQLITE else f"db:{connection.settings_dict['USER']}"


def entries(table: str, record: Any = None) -> list[AuditLog]:
    found = AuditLog.objects.filter(table_name=table).order_by("audit_id")
    return list(found if record is None else found.filter(record_id=record))


def last(table: str, record: Any) -> AuditLog:
    return entries(table, record)[-1]


def after(entry: AuditLog) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry.new_values or "{}")
    return found


def before(entry: AuditLog) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry.old_values or "{}")
    return found


def _bulk_update(contact: Contact) -> None:
    contact.city = "Leeds"
    Contact.objects.bulk_update([contact], ["city"])


def _save(contact: Contact) -> None:
    contact.city = "Leeds"
    contact.save()


WAYS: dict[str, Callable[[Contact], object]] = {
    "save": _save,
    "bulk_update": _bulk_update,
    "queryset.update": lambda contact: Contact.objects.filter(pk=contact.pk).update(city="Leeds"),
    "raw SQL": lambda contact: run("UPDATE contacts SET city = 'Leeds' WHERE contact_id = %s", [contact.pk]),
    "upsert": lambda contact: run(
        "INSERT INTO contacts (contact_id, customer_id, contact_type, first_name, last_name, email, phone, address1, city,"
        " state_province, postal_code, country_code) VALUES (%s, %s, 'registrant', '', '', '', '', '', '', '', '', 'GB')"
        " ON CONFLICT (contact_id) DO UPDATE SET city = 'Leeds'",
        [contact.pk, contact.customer_id],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_change_is_an_entry_with_before_and_after_however_it_is_made(ashdown: Customer, way: str) -> None:
    contact = make.contact(ashdown)
    with writing(ALICE, "contact.changed", request_id="r1") as gesture:
        WAYS[way](contact)
    (made, changed) = entries("contacts", contact.pk)
    assert (made.action, changed.action) == ("INSERT", "UPDATE")
    assert (before(changed)["city"], after(changed)["city"]) == ("London", "Leeds")
    assert made.new_values == changed.old_values
    assert (changed.changed_by, changed.verb, changed.request_id) == ("user:alice", "contact.changed", "r1")
    assert (changed.ip_address, changed.user_agent) == ("192.0.2.7", "Firefox")
    assert (changed.gesture, changed.timestamp) == (gesture.id, gesture.at)
    assert (changed.customer_id, changed.object_table, changed.object_id) == (ashdown.pk, "contacts", contact.pk)


def test_rows_made_and_removed_in_bulk_are_entries_one_by_one(ashdown: Customer) -> None:
    domain = make.domain(ashdown)
    hosts = [domain.nameservers.model(domain=domain, hostname=f"ns{n}.example.net") for n in range(3)]
    with writing(ALICE, "nameservers.set"):
        domain.nameservers.bulk_create(hosts)
    with writing(ALICE, "nameservers.cleared"):
        domain.nameservers.all().delete()
    found = entries("nameservers")
    assert [entry.action for entry in found] == ["INSERT"] * 3 + ["DELETE"] * 3
    assert [entry.new_values for entry in found[:3]] == sorted(str(entry.old_values) for entry in found[3:])
    assert all((entry.object_table, entry.object_id) == ("domains", domain.pk) for entry in found)
    assert len({entry.gesture for entry in found}) == 2


def test_rows_between_many_and_many_are_captured_too(sam: User) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="nights")
    with writing(ALICE, "staff.changed"):
        sam.groups.add(group)
    (entry,) = (entry for entry in entries("users_groups") if after(entry)["group_id"] == group.pk)
    assert (entry.object_table, entry.object_id, entry.customer_id) == ("users", sam.pk, None)


def test_what_is_rolled_back_leaves_no_entry(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    seen = AuditLog.objects.count()

    def change_and_fail() -> None:
        with writing(ALICE, "contact.changed"):
            contact.city = "Leeds"
            contact.save()
            assert AuditLog.objects.count() == seen + 1
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert AuditLog.objects.count() == seen
    run("UPDATE contacts SET city = 'York'")
    assert last("contacts", contact.pk).changed_by == nobody(), "the failed gesture is over"


def test_the_gesture_ends_with_its_transaction_and_an_inner_one_gives_back_the_outer(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    bob = Actor("user", "bob")
    actors = []
    with writing(ALICE, "outer"):
        with writing(bob, "inner", durable=False):
            Contact.objects.update(city="One")
        actors.append(last("contacts", contact.pk))
        Contact.objects.update(city="Two")
        actors.append(last("contacts", contact.pk))
    Contact.objects.update(city="Three")
    actors.append(last("contacts", contact.pk))
    assert [entry.changed_by for entry in actors] == ["user:bob", "user:alice", nobody()]
    assert [entry.verb for entry in actors] == ["inner", "outer", ""]
    assert not AuditContext.objects.exists()


def test_address_browser_and_id_of_the_request_are_found_by_themselves(ashdown: Customer) -> None:
    contact = make.contact(ashdown)

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        with writing(Actor("user", "alice"), "contact.changed"):
            Contact.objects.update(city="Leeds")
        return HttpResponse()

    request = RequestFactory(REMOTE_ADDR="198.51.100.9", headers={"User-Agent": "Lynx"}).post("/")
    answer = RequestMiddleware(view)(request)
    entry = last("contacts", contact.pk)
    assert (entry.ip_address, entry.user_agent, entry.request_id) == ("198.51.100.9", "Lynx", answer["X-Request-Id"])


def test_a_page_of_the_product_is_captured_with_its_user(as_alice: Browser, alice: User) -> None:
    as_alice.post("/settings/", {"theme": "dark", "language": "en"}, headers={"User-Agent": "Lynx"})
    entry = last("users", alice.pk)
    assert after(entry)["theme"] == "dark"
    assert (entry.changed_by, entry.user_agent, entry.ip_address) == ("user:alice", "Lynx", "127.0.0.1")


def test_an_update_that_changes_nothing_is_no_entry(ashdown: Customer, alice: User) -> None:
    contact = make.contact(ashdown)
    seen = AuditLog.objects.count()
    contact.save()
    Contact.objects.update(city="London")
    Contact.objects.update(updated_at=clock.now() + timedelta(days=1))
    User.objects.filter(pk=alice.pk).update(last_login=clock.now())
    assert AuditLog.objects.count() == seen
    Contact.objects.update(city="Leeds")
    assert AuditLog.objects.count() == seen + 1


# Secrets


def test_a_sealed_value_shows_as_its_fingerprint_and_a_plain_clients_as_unknown(ashdown: Customer) -> None:
    domain = make.domain(ashdown, auth_code="A-Code-1")
    first = domain.auth_code_fingerprint
    domain.auth_code = "B-Code-2"
    domain.save()
    second = domain.auth_code_fingerprint
    run("UPDATE domains SET auth_code = 'v1.k1.x.y'")
    run("UPDATE domains SET auth_code = NULL")
    found = [after(entry) for entry in entries("domains", domain.pk)]
    assert [values["auth_code"] for values in found] == [first, second, "unknown", None]
    assert all("auth_code_fingerprint" not in values for values in found)
    everything = json.dumps(list(AuditLog.objects.values()), default=str)
    assert "v1.k1" not in everything
    assert first in everything, "the control: what is looked for would be found"


def test_a_hidden_column_tells_only_that_it_changed(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(password="pbkdf2_sha256$secret")
    User.objects.filter(pk=alice.pk).update(theme="dark")
    found = [after(entry)["password"] for entry in entries("users", alice.pk)]
    assert found == ["hidden", "hidden, changed", "hidden"]
    assert not AuditLog.objects.filter(new_values__contains="pbkdf2").exists()


# The form of an entry


def test_values_are_the_same_text_on_both_databases(ashdown: Customer) -> None:
    run("DELETE FROM memberships")
    run(
        "UPDATE customers SET company_name = %s, account_balance = '-0.5', credit_limit = '1200',"
        " created_at = '2026-01-02 03:04:05.000001+00:00'",
        ['Zoë "\\/"\b\t\n\r\f\x01\x1f\x7f\u2028😀'],
    )
    assert last("customers", ashdown.pk).new_values == (
        f'{{"created_at":"2026-01-02T03:04:05.00{"0000" if SQLITE else "0001"}Z","customer_id":{ashdown.pk},'
        '"username":"alice","email":"alice@example.com",'
        '"company_name":"Zoë \\"\\\\/\\"\\b\\t\\n\\r\\f\\u0001\\u001f\x7f\u2028😀","currency":"USD",'
        '"account_balance":"-0.50","held_amount":"0.00","credit_limit":"1200.00","status":"active"}'
    ), "SQLite knows milliseconds where a plain client wrote another form of time than Django does"
    moment = clock.now().replace(microsecond=7)
    Customer.objects.update(created_at=moment)
    assert after(last("customers", ashdown.pk))["created_at"] == f"{moment:%Y-%m-%dT%H:%M:%S}.000007Z"


def test_every_row_knows_its_customer_and_what_it_is_part_of(ashdown: Customer, alice: User) -> None:
    domain = make.domain(ashdown)
    contact = make.contact(ashdown)
    domain.domain_contacts.create(contact=contact, contact_role="registrant")
    domain.nameservers.create(hostname="ns1.example.net").glue.create(ip_address="192.0.2.1")
    domain.tld_data.create(data_key="k", data_value="v")
    invoice = ashdown.invoices.create(invoice_number="MC-1", due_date="2027-01-01T00:00Z", status="issued")
    invoice.items.create(item_type="renewal", description="x", quantity=1, unit_price="1", total_price="1")
    found = {
        entry.table_name: (entry.customer_id, entry.object_table, entry.object_id) for entry in AuditLog.objects.all()
    }
    mine = ashdown.pk
    of_domain, of_invoice = (mine, "domains", domain.pk), (mine, "invoices", invoice.pk)
    for part in ("domains", "domain_contacts", "nameservers", "glue_addresses", "tld_data"):
        assert found[part] == of_domain, part
    assert found["billing_items"] == found["invoices"] == of_invoice
    assert found["contacts"] == (mine, "contacts", contact.pk)
    assert found["customers"] == (mine, "customers", mine)
    assert found["memberships"] == (mine, "users", alice.pk)
    assert found["users"] == (None, "users", alice.pk)


# Plain clients


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with django_db_blocker.unblock(), client(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


@pytest.fixture
def plain(shared: Client) -> Iterator[Client]:
    with rolled_back(shared):
        yield shared


LAST = "SELECT action, changed_by, verb, old_values, new_values FROM audit_log WHERE table_name = %s ORDER BY audit_id DESC LIMIT 1"


@pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.db_table) for model in AUDITED])
def test_every_audited_table_is_captured_for_a_plain_client(plain: Client, model: type[models.Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    pk = rows.insert(plain, model)
    ((action, actor, verb, old, new),) = plain.run(LAST, [table])
    assert (action, actor, verb, old) == ("INSERT", nobody(), "", None)
    assert json.loads(new)[key] == pk
    plain.run(f'DELETE FROM "{table}" WHERE "{key}" = %s', [pk])
    ((action, actor, _verb, old, gone),) = plain.run(LAST, [table])
    assert (action, actor, old, gone) == ("DELETE", nobody(), new, None)


def test_a_plain_client_that_says_who_it_is_not_changes_nothing_of_others(plain: Client) -> None:
    key = rows.insert(plain, Contact)
    plain.run("UPDATE contacts SET city = 'Leeds', updated_at = '2026-01-02 03:04:05+00:00'")
    ((action, actor, _verb, old, new),) = plain.run(LAST, ["contacts"])
    assert (action, actor, json.loads(new)["city"]) == ("UPDATE", nobody(), "Leeds")
    assert json.loads(old)["contact_id"] == key


def test_replace_is_two_entries_on_our_connections_and_refused_on_others(plain: Client, ashdown: Customer) -> None:
    if not SQLITE:  # PostgreSQL has no REPLACE
        return
    sql = "REPLACE INTO auth_group (id, name) VALUES (987, 'nights')"
    run(sql)
    run(sql)
    assert [entry.action for entry in entries("auth_group", 987)] == ["INSERT", "DELETE", "INSERT"]
    plain.run(sql)
    with pytest.raises(Refused, match="REPLACE would remove a row unseen"):
        plain.run(sql)


def test_truncate_is_refused(ashdown: Customer) -> None:
    if SQLITE:  # it has no TRUNCATE
        return
    for table in ("contacts", "audit_log", "audit_events", "audit_seals"):
        with pytest.raises(IntegrityError, match="TRUNCATE would remove rows unseen"), transaction.atomic():
            run(f"TRUNCATE {table} CASCADE")


def test_the_key_of_an_audited_row_never_changes(ashdown: Customer) -> None:
    make.contact(ashdown)
    with pytest.raises(IntegrityError, match="key of an audited row never changes"), transaction.atomic():
        run("UPDATE contacts SET contact_id = 987654")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_log SET changed_by = 'user:mallory'",
        "UPDATE audit_log SET new_values = '{}'",
        "UPDATE audit_log SET timestamp = '2020-01-01 00:00:00+00:00'",
        "UPDATE audit_log SET commitment = 'x', salt = NULL, new_values = '{\"redacted\":true}'",
        "UPDATE audit_log SET seal_id = 1, verb = 'x'",
        "UPDATE audit_log SET audit_id = audit_id + 1000",
        "DELETE FROM audit_log",
        "UPDATE audit_events SET verb = 'x'",
        "DELETE FROM audit_events",
        "UPDATE audit_seals SET root = 'x'",
        "DELETE FROM audit_seals",
    ],
)
def test_the_trail_never_changes(plain: Client, sql: str) -> None:
    for model in standing.TRAIL:
        rows.insert(plain, model)
    table = sql.split()[2] if sql.startswith("DELETE") else sql.split()[1]
    with pytest.raises((Refused, Exception), match="audit trail"):
        plain.run(sql)
    assert table in {model._meta.db_table for model in standing.TRAIL}


def test_an_entry_is_sealed_once(plain: Client) -> None:
    key = rows.insert(plain, AuditLog)
    plain.run("UPDATE audit_log SET seal_id = 1 WHERE audit_id = %s", [key])
    with pytest.raises((Refused, Exception), match="never changes"):
        plain.run("UPDATE audit_log SET seal_id = 2 WHERE audit_id = %s", [key])


def test_an_entry_is_not_replaced(plain: Client) -> None:
    if not SQLITE:  # PostgreSQL has no REPLACE
        return
    key = rows.insert(plain, AuditLog)
    with pytest.raises(Refused, match="unseen"):
        plain.run(
            "REPLACE INTO audit_log (audit_id, table_name, record_id, action, changed_by) VALUES (%s, 'x', 1, 'DELETE', 'me')",
            [key],
        )

"""The schema document holds for a client that knows nothing of Django: its tables, its INSERTs, its SELECTs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.house.contract import TABLES, Column, Table
from tests.plain import Client, Refused, client, rolled_back

pytestmark = pytest.mark.django_db  # so that the test database is there; the client below does not use Django's cursor
KINDS = {  # the document's types, as each database calls what holds them
    "sqlite": {
        "integer": {"integer", "bigint"},
        "text": {"text"},
        "decimal": {"decimal"},
        "boolean": {"bool"},
        "datetime": {"datetime"},
    },
    "postgresql": {
        "integer": {"integer", "bigint"},
        "text": {"text"},
        "decimal": {"numeric(10,2)"},
        "boolean": {"boolean"},
        "datetime": {"timestamp with time zone"},
    },
}
POSTGRES_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
POSTGRES_FOREIGN = """
    SELECT a.attname, confrelid::regclass::text, b.attname FROM pg_constraint
      JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
      JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
     WHERE contype = 'f' AND conrelid = %s::regclass
"""
POSTGRES_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"

tables = pytest.mark.parametrize("table", [pytest.param(table, id=name) for name, table in TABLES.items()])
choices = pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{name}.{column.name}")
        for name, table in TABLES.items()
        for column in table.columns
        if column.values
    ],
)


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with django_db_blocker.unblock(), client(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


@pytest.fixture
def plain(shared: Client) -> Iterator[Client]:
    """A plain client in a transaction that already has one of each table's row, numbered 1, and nothing else of ours."""
    with rolled_back(shared):
        yield shared


def insert_minimum(plain: Client, *names: str) -> None:
    """The document's minimal rows, with the key 1 that the other statements name."""
    for name in names:
        table = TABLES[name]
        sql = table.minimum
        if table.key is not None and name != "audit_log":  # the triggers gave that number to an entry of their own
            sql = sql.replace("(", f"({table.key}, ", 1).replace("VALUES (", "VALUES (1, ", 1)
        plain.run(sql)


def columns_of(plain: Client, table: str) -> dict[str, tuple[str, bool]]:
    if plain.vendor == "sqlite":
        found = plain.run(f"PRAGMA table_info({table})")
        return {name: (kind.lower(), not notnull) for _, name, kind, notnull, _default, _key in found}
    return {name: (kind, null) for name, kind, null in plain.run(POSTGRES_COLUMNS, [table])}


def foreign_of(plain: Client, table: str) -> dict[str, tuple[str, str]]:
    if plain.vendor == "sqlite":
        found = plain.run(f"PRAGMA foreign_key_list({table})")
        return {column: (parent, target) for _id, _seq, parent, column, target, *_rules in found}
    return {column: (parent, target) for column, parent, target in plain.run(POSTGRES_FOREIGN, [table])}


def indexes_of(plain: Client, table: str) -> dict[str, tuple[str, ...]]:
    """Indexes by name; on SQLite a unique rule inside the table has no name there, so its constraint's name counts."""
    if plain.vendor == "sqlite":
        sql = plain.run(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND type = 'index' AND sql > ''", [table]
        )
        body = plain.run("SELECT sql FROM sqlite_master WHERE name = %s", [table])[0][0]
        sql += re.findall(r'CONSTRAINT "(\w+)" UNIQUE (\([^)]*\))', body)
    else:
        sql = plain.run(POSTGRES_INDEXES, [table])
    return {name: tuple(re.findall(r"\w+", re.findall(r"\(([^()]*)\)", text)[0])) for name, text in sql}


@tables
def test_the_tables_columns_are_as_the_document_has_them(plain: Client, table: Table) -> None:
    found = columns_of(plain, table.name)
    for column in table.columns:
        kind, null = found[column.name]
        assert kind in KINDS[plain.vendor][column.kind], column
        assert null is column.null, column


@tables
def test_indexes_uniques_and_foreign_keys_have_the_documents_names_and_columns(plain: Client, table: Table) -> None:
    found = indexes_of(plain, table.name)
    for name, columns in (table.indexes | table.unique).items():
        assert found[name] == columns, name
    assert foreign_of(plain, table.name) == {
        column: (parent, target) for column, (parent, target, _rule) in table.foreign.items()
    }


@tables
def test_deletes_follow_the_documents_rules_in_the_orm(table: Table) -> None:
    rules = {"CASCADE": models.CASCADE, "RESTRICT": models.PROTECT, "SET NULL": models.SET_NULL}
    (model,) = (model for model in apps.get_models() if model._meta.db_table == table.name)
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete is rules[table.foreign[str(field.column)][2]], field


@tables
def test_an_insert_of_the_mandatory_columns_is_enough_and_every_default_is_set(plain: Client, table: Table) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)  # noqa: TID251  # the database's clock, not the product's
    insert_minimum(plain, *_needed(table))
    names = [column.name for column in table.columns if column.default is not None]
    if not names:
        return
    (row,) = plain.run(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {table.key or 1} DESC LIMIT 1")
    for name, value in zip(names, row, strict=True):
        assert is_default(table.by_name[name], value, before), (name, value)


def _needed(table: Table) -> list[str]:
    """The table and those before it whose rows it points at, parents first."""
    names: list[str] = []
    for parent, _column, _rule in table.foreign.values():
        names += [name for name in _needed(TABLES[parent]) if name not in names]
    return [*names, table.name]


def is_default(column: Column, value: Any, before: datetime) -> bool:
    default = str(column.default)
    match column.kind:
        case "datetime":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
            return before < moment < before + timedelta(minutes=5)
        case "decimal":
            return Decimal(value) == Decimal(default)
        case "boolean":
            return int(value) == int(default)
        case _:
            return str(value) == default


@tables
def test_a_column_without_default_may_not_be_left_out(plain: Client, table: Table) -> None:
    """Negative control of the minimal INSERT: one mandatory column less is refused, by its name."""
    needed = [
        column for column in table.columns if column.default is None and not column.null and column.name != table.key
    ]
    insert_minimum(plain, *_needed(table)[:-1])
    match = re.fullmatch(r"INSERT INTO \w+ \((.*?)\) VALUES \((.*)\)", table.minimum, re.DOTALL)
    assert match is not None
    named = match[1].split(", ")
    assert sorted(named) == sorted(
        [column.name for column in needed] + (["new_values"] if table.name == "audit_log" else [])
    )
    plain.run("SAVEPOINT one")
    for column in needed:
        with pytest.raises(Refused) as refusal:
            plain.run(f"INSERT INTO {table.name} ({', '.join(named)}) SELECT {_without(match, named, column.name)}")
        assert refusal.value.kind == "null"
        assert refusal.value.rule.endswith(f".{column.name}")
        plain.run("ROLLBACK TO SAVEPOINT one")


def _without(match: re.Match[str], named: list[str], left_out: str) -> str:
    values = re.findall(r"'[^']*'|[^,\s]+", match[2])
    return ", ".join("NULL" if name == left_out else value for name, value in zip(named, values, strict=True))


@choices
def test_a_choice_takes_the_documents_values_and_no_other(plain: Client, table: Table, column: Column) -> None:
    insert_minimum(plain, *_needed(table))
    change = f"UPDATE {table.name} SET {column.name} = %s"
    if table.name == "audit_log":  # an entry never changes
        change = table.minimum.replace("'INSERT'", "%s")
    for value in column.values:
        plain.run(change, [value])
    with pytest.raises(Refused) as refusal:
        plain.run(change, ["nonsense"])
    assert refusal.value.kind == "check"


def test_the_documents_registry_facts_go_in_as_it_writes_them(plain: Client) -> None:
    insert_minimum(plain, "customers", "domains")
    plain.run(
        "INSERT INTO domains (domain_id, customer_id, domain_name, tld, registration_date, expiration_date)"
        " VALUES (2, 1, 'example.us', 'us', '2026-01-02T03:04:05Z', '2027-01-02T03:04:05Z')"
    )
    plain.run("""
        -- For .ca domain
        INSERT INTO tld_data (domain_id, data_key, data_value) VALUES
            (1, 'registrant_type', 'CCT'),  -- Canadian citizen
            (1, 'cira_agreement', '2.0')
    """)
    plain.run("""
        -- For .us domain
        INSERT INTO tld_data (domain_id, data_key, data_value) VALUES
            (2, 'nexus_category', 'C11'),  -- US citizen
            (2, 'application_purpose', 'P1')  -- Business use
    """)
    rows = plain.run("SELECT data_value FROM tld_data WHERE domain_id = 2 AND data_key = 'nexus_category'")
    assert rows == [("C11",)]


def test_the_documents_transaction_makes_a_domain_and_its_audit_entry(plain: Client) -> None:
    insert_minimum(plain, "customers")
    ((key,),) = plain.run(
        "INSERT INTO domains (customer_id, domain_name, tld, status, registration_date, expiration_date)"
        " VALUES (1, 'example.com', 'com', 'pending', CURRENT_TIMESTAMP, '2099-01-01 00:00:00') RETURNING domain_id"
    )
    plain.run(
        "INSERT INTO audit_log (table_name, record_id, action, changed_by, new_values)"
        " VALUES ('domains', %s, 'INSERT', 'alice', %s)",
        [key, '{"domain_name": "example.com"}'],
    )
    found = plain.run("SELECT changed_by FROM audit_log WHERE table_name = 'domains' AND record_id = %s", [key])
    assert len(found) == 2, "the triggers have made theirs already"
    assert ("alice",) in found


def test_the_documents_queries_find_what_they_should(plain: Client) -> None:
    insert_minimum(plain, "customers")
    plain.run("INSERT INTO customers (customer_id, username, email) VALUES (2, 'bob', 'bob@example.com')")
    for customer, name, status, expires in (
        (1, "later.com", "active", "2027-03-01 00:00:00"),
        (1, "soon.com", "active", "2026-12-01 00:00:00"),
        (1, "new.com", "pending", "2026-12-02 00:00:00"),
        (2, "bobs.com", "active", "2026-12-03 00:00:00"),
    ):
        plain.run(
            "INSERT INTO domains (customer_id, domain_name, tld, status, registration_date, expiration_date)"
            " VALUES (%s, %s, 'com', %s, '2026-01-01 00:00:00', %s)",
            [customer, name, status, expires],
        )
    assert plain.run("SELECT customer_id FROM customers WHERE username = 'alice'") == [(1,)]
    assert plain.run(
        "SELECT domain_name FROM domains WHERE customer_id = 1 AND status = 'active' ORDER BY expiration_date ASC"
    ) == [("soon.com",), ("later.com",)]
    assert plain.run(
        "SELECT d.domain_name, c.username FROM domains d LEFT JOIN customers c ON c.customer_id = d.customer_id"
        " WHERE d.expiration_date < '2026-12-21 00:00:00' AND d.status = 'active' ORDER BY d.expiration_date"
    ) == [("soon.com", "alice"), ("bobs.com", "bob")]
    assert plain.run("SELECT domain_name FROM domains WHERE domain_name = 'soon.com' AND customer_id = 2") == []


def test_a_name_is_unique_among_holdings_and_free_again_once_one_has_ended(plain: Client) -> None:
    insert_minimum(plain, "customers", "domains")
    plain.run("UPDATE domains SET status = 'cancelled', ended_reason = 'lapsed'")
    again = TABLES["domains"].minimum
    plain.run(again)
    with pytest.raises(Refused) as refusal:
        plain.run(again)
    assert refusal.value.kind == "unique"

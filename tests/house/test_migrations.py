"""Migrations go forward and back with rows in every table, and end where they began."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from macaw.kernel import schema, tables
from tests import rows
from tests.plain import PlainPostgres, PlainSqlite

SCRATCH = "scratch"
Node = tuple[str, str]


@contextmanager
def scratch(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """An empty database of its own, beside the one of the tests."""
    name = str(folder / "scratch.sqlite3")
    if connection.vendor == "postgresql":
        name = f"scratch_{os.getpid()}"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    options = {key: value for key, value in connection.settings_dict["OPTIONS"].items() if key != "pool"}
    connections.databases[SCRATCH] = connection.settings_dict | {"NAME": name, "OPTIONS": options}
    try:
        yield connections[SCRATCH]
    finally:
        connections[SCRATCH].close()
        del connections.databases[SCRATCH], connections[SCRATCH]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def fill(database: BaseDatabaseWrapper) -> None:
    """Two rows in every table of ours, by a plain client."""
    name = str(database.settings_dict["NAME"])
    plain = PlainPostgres(name) if database.vendor == "postgresql" else PlainSqlite(Path(name))
    for model in tables.our_models():
        rows.insert(plain, model)
        rows.insert(plain, model)
    plain.connection.close()


def shape(database: BaseDatabaseWrapper) -> list[Any]:
    parts = schema.parts(database)
    return sorted(part for part in parts if part[0] != "django_migrations")


def counts(database: BaseDatabaseWrapper) -> dict[str, int]:
    names = {model._meta.db_table for model in tables.our_models()}
    with database.cursor() as cursor:
        found = {}
        for table in sorted(names & set(database.introspection.table_names(cursor))):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def migrate(database: BaseDatabaseWrapper, targets: list[Any]) -> None:
    MigrationExecutor(database).migrate(targets)


def steps(database: BaseDatabaseWrapper) -> list[tuple[Node, list[Any]]]:
    """Our migrations, the last first, each with what to name as target to go back behind it."""
    ours = {model._meta.app_label for model in tables.our_models()}
    graph = MigrationExecutor(database).loader.graph
    order = [node for target in sorted(graph.leaf_nodes()) for node in graph.forwards_plan(target)]
    found = []
    for node in reversed(list(dict.fromkeys(order))):
        if node[0] not in ours:
            continue
        before = [parent.key for parent in graph.node_map[node].parents if parent.key[0] == node[0]]
        found.append((node, before or [(node[0], None)]))
    return found


def test_every_migration_goes_back_and_forth_with_rows_in_every_table(tmp_path: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), scratch(tmp_path) as database:
        migrate(database, MigrationExecutor(database).loader.graph.leaf_nodes())
        fill(database)
        at_first, full = shape(database), counts(database)
        assert all(count >= 2 for count in full.values())
        for node, before in steps(database):
            behind = counts(database)
            migrate(database, before)
            kept = counts(database)
            migrate(database, [node])
            assert {table: behind[table] for table in kept if table in behind} == kept, f"{node} loses rows"
            migrate(database, before)
        assert counts(database) == {}, "a table of ours is left behind"
        migrate(database, MigrationExecutor(database).loader.graph.leaf_nodes())
        assert shape(database) == at_first
        fill(database)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_each_app_has_one_last_migration() -> None:
    graph = MigrationLoader(None).graph
    ends = [app for app, _name in graph.leaf_nodes()]
    assert len(ends) == len(set(ends))


def test_no_app_with_tables_lacks_migrations() -> None:
    loader = MigrationLoader(None)
    assert {model._meta.app_label for model in tables.our_models()} <= loader.migrated_apps

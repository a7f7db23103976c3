"""docs/schema.md is what the models say, every table is spoken for, and it reads the same from either database."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from macaw.kernel import doctor, tables
from macaw.management.commands import schema_doc


@pytest.mark.django_db
def test_every_table_of_the_database_is_spoken_for() -> None:
    with connection.cursor() as cursor:
        found = set(connection.introspection.table_names(cursor))
    assert found == set(tables.declared()), "say in the app's tables.py what it is and how long it is kept"


def test_every_table_says_how_long_it_is_kept_and_why() -> None:
    for table in tables.declared().values():
        assert table.kept, table.name
        assert table.because, table.name


def test_a_cache_names_a_column_and_a_check_that_exists() -> None:
    columns = {
        f"{model._meta.db_table}.{field.column}"
        for model in tables.our_models()
        for field in model._meta.concrete_fields
    }
    rules = {rule.name for model in tables.our_models() for rule in model._meta.constraints}
    checks = {check.name for check in doctor.checks()}
    for cache in tables.caches():
        assert cache.column in columns
        assert set(re.findall(r"doctor: (\w+)", cache.proof)) <= checks, cache
        assert set(re.findall(r"CHECK (\w+)", cache.proof)) <= rules, cache


def test_the_file_is_up_to_date() -> None:
    call_command("schema_doc", "--check")


def test_a_file_that_says_otherwise_is_refused(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_doc, "PATH", "nowhere/schema.md")
    with pytest.raises(CommandError, match="schema_doc"):
        call_command("schema_doc", "--check", stdout=StringIO())


def test_the_file_tells_of_every_table_column_rule_and_index() -> None:
    text = (settings.BASE_DIR / schema_doc.PATH).read_text()
    for model in tables.our_models():
        section = text.partition(f"\n## {model._meta.db_table}\n")[2].partition("\n## ")[0]
        names = [field.column for field in model._meta.concrete_fields]
        names += [rule.name for rule in (*model._meta.constraints, *model._meta.indexes)]
        assert [name for name in names if f"`{name}`" not in section] == [], model._meta.db_table
    assert text.count("```mermaid") == 1
    assert "v1." not in re.sub(r"'v1\.'", "", text), "an example of a secret"

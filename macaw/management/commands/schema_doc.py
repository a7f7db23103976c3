"""Writes docs/schema.md from the models, the same on every database; with --check it only says whether it is true."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.db.utils import ConnectionHandler

from macaw.kernel import tables
from macaw.kernel.ids import NewUuid

PATH = Path("docs/schema.md")
HEAD = """# Tables

Made from the models by `python manage.py schema_doc`; do not edit. Types are PostgreSQL's, with SQLite's beside them where they differ;
rules are written as PostgreSQL has them. Every rule holds on both databases, and a test breaks each one by hand.

A table is one of three things. **Audited**: every change is recorded, row by row. **Evidence**: append-only rows that are themselves the
record. **Recomputable**: may be lost, since it can be made again. Deletes that the product makes follow the rule named at the foreign key; a plain
client is refused while other rows point at a row ([ADR 2](adr/0002-delete-rules-live-in-the-orm.md)).
"""
# Two connections that are never opened: their dialects say what the columns are called there.
DIALECTS = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "schema"},
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
}


class Command(BaseCommand):
    help = "Write docs/schema.md from the models."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if the file is not up to date.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PATH
        text = "\n".join(document()) + "\n"
        if not options["check"]:
            path.write_text(text)
            self.stdout.write(f"{PATH} is written.")
        elif not path.exists() or path.read_text() != text:
            raise CommandError(f"{PATH} is not what the models say; run `python manage.py schema_doc`.")


def document() -> Iterator[str]:
    """The file's lines."""
    dialects = ConnectionHandler(DIALECTS)
    found = tables.all_models()
    yield HEAD
    yield from _diagram(found, dialects["default"])
    yield from _overview()
    yield from _caches()
    for model in found:
        yield from _table(model, dialects["default"], dialects["sqlite"])


def _diagram(found: list[type[models.Model]], connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Our tables and how they point at each other; of Django's, those that touch one of ours."""
    yield from ("## How they hang together", "", "```mermaid", "erDiagram")
    ours = {model._meta.db_table for model in found if not model.__module__.startswith("django.")}
    for model in found:
        name = model._meta.db_table
        for field in _foreign_keys(model):
            target = field.related_model._meta.db_table
            if name not in ours and target not in ours:
                continue
            parent = "|o" if field.null else "||"
            child = "o|" if field.unique else "o{"
            yield f"    {target} {parent}--{child} {name} : {field.column}"
    for model in found:
        if model._meta.db_table in ours:
            yield f"    {model._meta.db_table} {{"
            for field in model._meta.concrete_fields:
                if field.primary_key or field.is_relation:
                    yield f"        {field.db_type(connection)} {field.column} {'PK' if field.primary_key else 'FK'}"
            yield "    }"
    yield from ("```", "")


def _foreign_keys(model: type[models.Model]) -> list[Any]:
    """Foreign keys with a column, loosely typed: the stubs know no `related_model` that is surely a model."""
    return [field for field in model._meta.concrete_fields if field.is_relation]


def _overview() -> Iterator[str]:
    yield from ("## What they are", "", "| Table | Class | Kept | Because |", "|---|---|---|---|")
    for table in tables.declared().values():
        yield f"| `{table.name}` | {table.kind} | {table.kept} | {table.because} |"
    yield ""


def _caches() -> Iterator[str]:
    yield from ("## Columns that repeat others", "", "| Cache | Source | Who proves it |", "|---|---|---|")
    for cache in tables.caches():
        yield f"| `{cache.column}` | {cache.source} | {cache.proof} |"
    yield ""


def _table(model: type[models.Model], postgres: BaseDatabaseWrapper, sqlite: BaseDatabaseWrapper) -> Iterator[str]:
    meta = model._meta
    yield from (f"## {meta.db_table}", "")
    promise = (model.__doc__ or "").strip().partition("\n")[0]
    if promise and not promise.startswith(f"{model.__name__}("):
        yield from (promise, "")
    yield from ("| Column | Type | Null | Default | What it is |", "|---|---|---|---|---|")
    for field in meta.concrete_fields:
        types = [str(field.db_type(connection)) for connection in (postgres, sqlite)]
        shown = " / ".join(dict.fromkeys(f"`{kind}`" for kind in types))
        null = "yes" if field.null else "no"
        yield f"| `{field.column}` | {shown} | {null} | {_default(field)} | {_meaning(field)} |"
    yield ""
    rules = list(_rules(model, postgres))
    if rules:
        yield from (*rules, "")


def _default(field: Any) -> str:
    """The database's own default, in a word."""
    if field.primary_key and field.get_internal_type().endswith("AutoField"):
        return "next number"
    value = field.db_default
    match value:
        case models.NOT_PROVIDED:
            return ""
        case Now():
            return "now"
        case NewUuid():
            return "random"
        case models.Value():
            value = value.value
    value = getattr(value, "value", value)  # a choice says its word
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value!r}`".replace('"', "")


def _meaning(field: Any) -> str:
    words = "Our number for the row." if field.auto_created else str(field.help_text)
    if field.is_relation:
        rule = field.remote_field.on_delete.__name__.replace("_", " ").lower()
        words = f"{words} → `{field.related_model._meta.db_table}`, on delete {rule}.".strip()
    if field.choices:
        words += " One of " + ", ".join(f"`{value}`" for value, _label in field.flatchoices if value) + "."
    return words.replace("|", "\\|")


def _rules(model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Unique rules, checks and indexes, each by its name."""
    editor = connection.schema_editor()
    for names in model._meta.unique_together:
        yield f"- unique ({', '.join(names)})"
    for constraint in sorted(model._meta.constraints, key=lambda constraint: constraint.name):
        if isinstance(constraint, models.UniqueConstraint):
            yield f"- `{constraint.name}`: unique ({', '.join(constraint.fields)}){_where(constraint, model, editor)}"
        else:
            sql = str(constraint.constraint_sql(model, editor))
            yield f"- `{constraint.name}`: `{sql.partition(' CHECK ')[2]}`"
    for index in sorted(model._meta.indexes, key=lambda index: index.name):
        fields = ", ".join(name.removeprefix("-") for name in index.fields)
        yield f"- `{index.name}`: index ({fields}){_where(index, model, editor)}"


def _where(rule: Any, model: type[models.Model], editor: Any) -> str:
    if rule.condition is None:
        return ""
    return f" where `{str(rule.create_sql(model, editor)).partition(' WHERE ')[2]}`"

"""Keeps the triggers in place: after every migration they are as the models want them, and anything else is named."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.capture import postgres, sqlite
from audit.models import AuditEvent, AuditLog, Seal
from macaw.kernel import tables
from macaw.kernel.tables import Class

TRAIL: list[type[models.Model]] = [AuditEvent, AuditLog, Seal]


def audited() -> list[type[models.Model]]:
    """The models whose every write is captured."""
    named = {name for name, table in tables.declared().items() if table.kind is Class.AUDITED}
    return [model for model in tables.all_models() if model._meta.db_table in named]


def _schema(cursor: Any) -> str:
    cursor.execute("SELECT quote_ident(current_schema())")
    return str(cursor.fetchone()[0])


def faults(on: BaseDatabaseWrapper) -> Iterator[str]:
    """Each trigger that is missing, disabled or changed, and each that is not ours."""
    with on.cursor() as cursor:
        wanted: dict[str, Any]
        there: dict[str, Any]
        if on.vendor == "sqlite":
            wanted, there = sqlite.triggers(audited(), TRAIL), sqlite.standing(cursor)
        else:
            wanted = postgres.wanted(postgres.triggers(audited(), TRAIL, _schema(cursor)))
            there = postgres.standing(cursor)
    for name in sorted(wanted.keys() | there.keys()):
        if name not in there:
            yield f"trigger {name} is missing"
        elif name not in wanted:
            yield f"trigger {name} is not ours"
        elif wanted[name] != there[name]:
            yield f"trigger {name} is not as it was made"


def restore(on: BaseDatabaseWrapper) -> None:
    """Put the triggers up unless they stand as they should."""
    if next(faults(on), None):
        put_up(on)


def put_up(on: BaseDatabaseWrapper) -> None:
    """Make every trigger anew, in one transaction; ours that nobody wants any more go."""
    with transaction.atomic(using=on.alias), on.cursor() as cursor:
        take_down(on)
        if on.vendor == "sqlite":
            for name, sql in sqlite.triggers(audited(), TRAIL).items():
                sqlite.make(cursor, name, sql)
        else:
            schema = _schema(cursor)
            for name, trigger in postgres.triggers(audited(), TRAIL, schema).items():
                postgres.make(cursor, name, trigger, schema)


def take_down(on: BaseDatabaseWrapper, only: set[str] | None = None) -> None:
    """Drop our triggers, of all tables or of some. Whoever calls it puts them up again."""
    kind = sqlite if on.vendor == "sqlite" else postgres
    with transaction.atomic(using=on.alias), on.cursor() as cursor:
        for name in kind.standing(cursor):
            if name.startswith("macaw_") and (only is None or name.partition(" ")[2] in only):
                kind.drop(cursor, name)

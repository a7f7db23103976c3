"""What each table is to us, how long its rows stay and why. Each app says so in its `tables.py`; silence fails the build."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.apps import apps
from django.db import models
from django.utils.module_loading import autodiscover_modules


class Class(StrEnum):
    AUDITED = "audited"  # every change is recorded, row by row
    EVIDENCE = "evidence"  # append-only rows that are themselves the record
    RECOMPUTABLE = "recomputable"  # may be lost: made again from elsewhere, or by going on


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    kind: Class
    kept: str
    because: str


@dataclass(frozen=True, slots=True)
class Cache:
    """A column that repeats what other rows say."""

    column: str
    source: str
    proof: str


_tables: dict[str, Table] = {}
_caches: dict[str, Cache] = {}
_hidden: dict[str, str] = {}
_left_out: dict[str, str] = {}


def _declare(name: str, kind: Class, kept: str, because: str) -> None:
    _tables[name] = Table(name, kind, kept, because)


def audited(name: str, *, kept: str, because: str) -> None:
    _declare(name, Class.AUDITED, kept, because)


def evidence(name: str, *, kept: str, because: str) -> None:
    _declare(name, Class.EVIDENCE, kept, because)


def recomputable(name: str, *, kept: str, because: str) -> None:
    _declare(name, Class.RECOMPUTABLE, kept, because)


def cache(column: str, *, source: str, proof: str) -> None:
    _caches[column] = Cache(column, source, proof)


def hidden(column: str, *, because: str) -> None:
    """The trail tells that this column was set or changed, and never its value."""
    _hidden[column] = because


def left_out(column: str, *, because: str) -> None:
    """The trail does not follow this column."""
    _left_out[column] = because


@lru_cache(maxsize=1)
def _discover() -> None:
    autodiscover_modules("tables")


def declared() -> dict[str, Table]:
    """Every table an app speaks for, by name."""
    _discover()
    return dict(sorted(_tables.items()))


def caches() -> list[Cache]:
    _discover()
    return [_caches[column] for column in sorted(_caches)]


def hidden_columns() -> dict[str, str]:
    """Columns whose values the trail hides, each with the reason."""
    _discover()
    return _hidden


def left_out_columns() -> dict[str, str]:
    """Columns that the trail does not follow, each with the reason."""
    _discover()
    return _left_out


def all_models() -> list[type[models.Model]]:
    """The model of each table, Django's own and those between many and many too, by table name."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(found, key=lambda model: model._meta.db_table)


def our_models() -> list[type[models.Model]]:
    """The models we wrote, by table name."""
    return [
        model
        for model in all_models()
        if not model._meta.auto_created and not model.__module__.startswith("django.contrib.")
    ]

"""Whose row it is, and of what it is a part: found by following the models' foreign keys, in SQL."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

Name = Callable[[str], str]  # how a table is named in SQL: quoted, with its schema where there are schemas
OWNER = "customers.Customer"  # a foreign key upwards is a string


def _owner() -> type[models.Model]:
    return apps.get_model(OWNER)


def _parents(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Foreign keys to what the row cannot be without."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and not field.null and field.related_model is not model:
            yield field


def _through(field: Any, row: str, name: Name, wanted: str, alias: str) -> str:
    """A value of the parent's row, or of one still further up."""
    parent = field.related_model._meta.db_table
    key = field.target_field.column
    return f'(SELECT {wanted} FROM {name(parent)} {alias} WHERE {alias}."{key}" = {row}."{field.column}")'  # noqa: S608  # names of our models


def customer(model: type[models.Model], row: str, name: Name, depth: int = 0) -> str:
    """SQL for the key of the customer whose row it is; NULL if it is nobody's."""
    owner = _owner()
    if model is owner:
        return f'{row}."{model._meta.pk.column}"'
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is owner:
            return f'{row}."{field.column}"'
    for field in _parents(model):
        alias = f"above{depth}"
        found = customer(field.related_model, alias, name, depth + 1)
        if found != "NULL":
            return _through(field, row, name, found, alias)
    return "NULL"


def whole(model: type[models.Model], row: str, name: Name, depth: int = 0) -> tuple[str, str]:
    """The table of the thing a row is part of, and SQL for its key: a nameserver is part of its domain.

    A part is what goes with the whole: a cascading foreign key. All goes with the customer, so that one does not count.
    """
    for field in _parents(model):
        if field.remote_field.on_delete is models.CASCADE and field.related_model is not _owner():
            alias = f"whole{depth}"
            table, key = whole(field.related_model, alias, name, depth + 1)
            return table, _through(field, row, name, key, alias)
    return model._meta.db_table, f'{row}."{model._meta.pk.column}"'

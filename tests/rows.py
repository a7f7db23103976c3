"""A valid row for any table, written in SQL: made from the models' columns, so a new table needs no line here unless it is picky."""

from itertools import count
from typing import Any
from uuid import uuid4

from django.db import models

from tests.plain import Client

_number = count(1)
PARENT = object()  # in PICKY: point at a row, though the column may be empty

# What a column wants beyond its type; `{n}` makes it differ from row to row.
PICKY: dict[str, dict[str, Any]] = {
    "contacts": {"country_code": "GB"},
    "domains": {"domain_name": "name-{n}.com", "tld": "com"},
    "nameservers": {"hostname": "ns{n}.example.net"},
    "glue_addresses": {"ip_address": "192.0.2.{n}"},
    "billing_items": {"unit_price": "0.10", "total_price": "0.10"},
    "invoice_taxes": {"rate": "20.000"},
    "notices": {"customer_id": PARENT},
}


def insert(plain: Client, model: type[models.Model], *, filled: set[str] = frozenset(), **given: Any) -> Any:  # type: ignore[assignment]  # an empty set
    """Insert a valid row with its mandatory columns, those `filled` and those given; its key."""
    row = {**values(plain, model, filled, given), **given}
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    table, key = model._meta.db_table, model._meta.pk.column
    return plain.run(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING "{key}"', list(row.values()))[0][0]


def values(plain: Client, model: type[models.Model], filled: set[str], given: dict[str, Any]) -> dict[str, Any]:
    """A value for each column that has no default, or that is asked for; parents are inserted on the way."""
    number = next(_number)
    picky = PICKY.get(model._meta.db_table, {})
    row: dict[str, Any] = {}
    field: Any
    for field in model._meta.concrete_fields:
        name = str(field.column)
        asked = name in filled or name in picky
        optional = field.null or field.has_db_default() or isinstance(field, models.AutoField)
        if name in given or (optional and not asked):
            continue
        chosen = picky.get(name, PARENT if isinstance(field, models.ForeignKey) else None)
        if chosen is PARENT:
            row[name] = insert(plain, field.related_model)
        else:
            row[name] = value(field, number) if chosen is None else chosen
        if isinstance(row[name], str):
            row[name] = row[name].replace("{n}", str(number))
    return row


OF_TYPE: dict[str, Any] = {
    "BooleanField": False,
    "DateTimeField": "2026-01-02 03:04:05+00:00",
    "DecimalField": "1.00",
    "GenericIPAddressField": "192.0.2.1",
    "JSONField": "{}",
}


def value(field: Any, number: int) -> Any:
    kind = field.get_internal_type()
    if field.choices:
        return field.flatchoices[0][0]
    if kind in {"TextField", "CharField"}:
        return f"{field.column}-{number}"
    return uuid4().hex if kind == "UUIDField" else OF_TYPE.get(kind, number)

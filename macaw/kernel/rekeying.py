"""Seals every secret again with the current key, so that an old key may go. Small batches; stop and go on at will."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

from macaw.kernel import crypto, tables
from macaw.kernel.sealed import SealedField
from macaw.kernel.writing import Actor, writing

BATCH = 200
VERB = "secrets.rekeyed"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of sealed values, and the ways to its rows."""

    model: type[models.Model]
    field: SealedField

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    @property
    def rows(self) -> models.QuerySet[Any]:
        """The rows that hold a secret, by key."""
        held: models.QuerySet[Any] = self.model._default_manager.exclude(**{self.field.attname: None}).order_by("pk")  # noqa: SLF001  # Django's documented way to a model's rows
        return held

    @property
    def fingerprint(self) -> str:
        return f"{self.field.attname}_fingerprint"

    @property
    def current(self) -> Q:
        """Sealed with the current key already."""
        return Q(**{f"{self.field.attname}__startswith": f"{crypto.VERSION}.{crypto.keyring().current}."})

    def place(self, row_uuid: object) -> tuple[str, str, str]:
        return (self.model._meta.db_table, self.field.attname, str(row_uuid))


class Chunk(NamedTuple):
    """How far it came. `cursor` is where the next chunk goes on; empty when all is done."""

    cursor: str
    done: int
    total: int


def columns() -> list[Column]:
    """Every sealed column of every model, by name."""
    found = [
        Column(model, field)
        for model in tables.our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    return sorted(found, key=lambda column: column.name)


def rekey_chunk(cursor: str, *, actor: Actor, size: int = BATCH) -> Chunk:
    """Seal the next rows after `cursor` (empty at first) in one transaction, without a look at those that are current."""
    after, _colon, last = cursor.partition(":")
    for column in columns():
        if column.name < after:
            continue
        start = int(last) if column.name == after else 0
        todo = column.rows.exclude(column.current).filter(pk__gt=start)
        rows = list(todo.values_list("pk", "row_uuid", column.field.attname)[:size])
        if rows:
            with writing(actor, VERB):
                for pk, row_uuid, sealed in rows:
                    _seal_again(column, pk, row_uuid, sealed)
            return Chunk(f"{column.name}:{rows[-1][0]}", *progress())
    return Chunk("", *progress())


def _seal_again(column: Column, pk: int, row_uuid: object, sealed: str) -> None:
    """Replace this very ciphertext; one that somebody changed meanwhile is left alone, as is one that does not open."""
    ring, place = crypto.keyring(), column.place(row_uuid)
    try:
        plain = ring.open(sealed, place)
    except crypto.Unsealable:
        return  # it stays as it is, is counted under its key, and the doctor names it
    fresh = {column.field.attname: ring.seal(plain, place), column.fingerprint: ring.fingerprint(plain, place)}
    column.rows.filter(pk=pk, **{column.field.attname: sealed}).update(**fresh)


def rekey_all(*, actor: Actor, size: int = BATCH) -> Iterator[Chunk]:
    """Chunk after chunk to the end; whoever iterates may stop between two."""
    chunk = rekey_chunk("", actor=actor, size=size)
    while chunk.cursor:
        yield chunk
        chunk = rekey_chunk(chunk.cursor, actor=actor, size=size)
    yield chunk


def progress() -> tuple[int, int]:
    """How many secrets are sealed with the current key, and how many there are."""
    held = [(column.rows.filter(column.current).count(), column.rows.count()) for column in columns()]
    return sum(done for done, _total in held), sum(total for _done, total in held)


def count_by_key() -> Counter[str]:
    """How many secrets each key of the keyring holds, and any key they name besides. A key may go only at zero."""
    counted = Counter(dict.fromkeys(crypto.keyring().keys, 0))
    for column in columns():
        for sealed in column.rows.values_list(column.field.attname, flat=True).iterator():
            counted[crypto.key_id(sealed)] += 1
    return counted

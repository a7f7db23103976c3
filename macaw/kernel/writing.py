"""Every write goes through `writing`: one transaction, with who does it and what for.

The audit trail registers a writer at start, which puts actor and gesture where the database's triggers find them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import transaction


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `user:alice`, `worker:duties`, `db:psql`. A service takes one; it is never guessed."""

    kind: str
    name: str
    ip_address: str | None = None
    user_agent: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Gesture:
    """One act of one actor; all rows it changes share its id."""

    actor: Actor
    verb: str
    request_id: str = ""
    id: UUID = field(default_factory=uuid4)


_writers: list[Callable[[Gesture], None]] = []


def register(writer: Callable[[Gesture], None]) -> None:
    """Call `writer` inside each transaction, right after it opens."""
    _writers.append(writer)


@contextmanager
def writing(actor: Actor, verb: str, *, request_id: str = "", durable: bool = True) -> Iterator[Gesture]:
    """Open the transaction of one gesture. Durable: it refuses to be nested, so what it did is committed when it ends."""
    gesture = Gesture(actor=actor, verb=verb, request_id=request_id)
    with transaction.atomic(durable=durable):
        for writer in _writers:
            writer(gesture)
        yield gesture

"""Every write goes through `writing`: one transaction, with who does it and what for.

The audit trail registers a writer at start, which puts actor and gesture where the database's triggers find them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from macaw.kernel import clock, requests


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
    at: datetime = field(default_factory=clock.now)


Writer = Callable[[Gesture | None], None]

current: ContextVar[Gesture | None] = ContextVar("gesture", default=None)
_writers: list[Writer] = []


def register(writer: Writer) -> None:
    """Call `writer` in each transaction: with the gesture right after it opens, with what was there before (mostly None)
    right before it ends. It is not called again where the transaction fails, for then all is rolled back."""
    _writers.append(writer)


@contextmanager
def writing(actor: Actor, verb: str, *, request_id: str = "", durable: bool = True) -> Iterator[Gesture]:
    """Open the transaction of one gesture. Durable: it refuses to be nested, so what it did is committed when it ends."""
    origin = requests.current_origin.get()
    if actor.ip_address is None and origin is not None:
        actor = replace(actor, ip_address=origin.address, user_agent=origin.agent)
    gesture = Gesture(actor, verb, request_id or requests.current_id.get())
    before = current.get()
    token = current.set(gesture)
    try:
        with transaction.atomic(durable=durable):
            _tell(gesture)
            yield gesture
            _tell(before)
    finally:
        current.reset(token)


def _tell(gesture: Gesture | None) -> None:
    for writer in _writers:
        writer(gesture)

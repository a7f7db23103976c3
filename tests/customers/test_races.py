"""Two at once: the last two owners leave, and two people accept one invitation. SQLite has one writer; PostgreSQL needs the lock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from customers.models import Customer, User
from customers.services import invitations, members
from macaw.kernel.errors import MacawError
from tests import make
from tests.customers.test_invitations import invite

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql", "SQLite has one writer at a time"),
]
WINDOW = 0.5  # seconds between the look and the write, in which the other would slip through


@pytest.fixture(params=["held", "careless"])
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the customer is held; the control takes the lock away."""
    if request.param == "careless":
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())
    return bool(request.param == "held")


def slowly(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    known = getattr(module, name)

    def slow(*args: Any) -> Any:
        answer = known(*args)
        sleep(WINDOW)
        return answer

    monkeypatch.setattr(module, name, slow)


def both(*acts: Callable[[], object]) -> int:
    """How many of them succeed when they begin together."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> bool:
        try:
            together.wait(timeout=30)
            act()
        except MacawError:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(one, acts))


def test_of_two_owners_who_leave_at_once_one_remains(
    alice: User, bob: User, ashdown: Customer, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ashdown.memberships.update(role="owner")
    slowly(monkeypatch, members, "_cease_to_own")
    owners = [ashdown.memberships.get(user=who) for who in (alice, bob)]
    leaving = [partial(members.end, actor=by.user.actor, by=by, member=by.pk) for by in owners]
    assert both(*leaving) == (1 if held else 2)
    assert ashdown.memberships.count() == (1 if held else 0)


def test_of_two_who_accept_one_invitation_one_is_let_in(
    ashdown: Customer, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = invite(ashdown)
    slowly(monkeypatch, invitations, "find")
    people = [make.user("dora"), make.user("eve")]
    accepting = [partial(invitations.accept, actor=who.actor, user=who, token=token) for who in people]
    assert both(*accepting) == (1 if held else 2)
    assert ashdown.memberships.count() == (2 if held else 3)

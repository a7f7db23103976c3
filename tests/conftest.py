"""What every test has: the cast, a clock that can be held, and no network beyond this machine."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client

from customers.models import Customer, User
from tests import make

A_SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other database alone is left out, so that whatever is skipped is a gap."""
    strange = [
        item for item in items if any(mark.args[0] != connection.vendor for mark in item.iter_markers("only_on"))
    ]
    config.hook.pytest_deselected(items=strange)
    items[:] = [item for item in items if item not in strange]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The product's time, standing still at nine on a Saturday; `clock.shift(timedelta)` moves it."""
    with time_machine.travel(A_SATURDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(db: None) -> User:
    return make.user("alice", full_name="Alice Ashdown")


@pytest.fixture
def ashdown(alice: User) -> Customer:
    """The customer that Alice owns."""
    return make.customer(alice, company_name="Ashdown Studio")


@pytest.fixture
def bob(ashdown: Customer) -> User:
    user = make.user("bob", full_name="Bob Breton")
    ashdown.memberships.create(user=user, role="viewer")
    return user


@pytest.fixture
def charlie(db: None) -> User:
    user = make.user("charlie", full_name="Charlie Crane")
    make.customer(user, company_name="Crane and Sons")
    return user


@pytest.fixture
def sam(db: None) -> User:
    return make.staff("sam", full_name="Sam Stone")


@pytest.fixture
def as_alice(alice: User, ashdown: Customer) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture
def as_sam(sam: User) -> Client:
    client = Client()
    client.force_login(sam)
    return client

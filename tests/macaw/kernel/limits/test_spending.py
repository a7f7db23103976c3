"""The buckets: exact under concurrency, refilled by time, and nobody's but their own."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from customers.models import User
from macaw.kernel import limits
from macaw.kernel.errors import TooMany
from macaw.kernel.limits import Priority
from macaw.kernel.limits.models import Bucket
from macaw.kernel.limits.policies import POLICIES

pytestmark = pytest.mark.django_db
BURST = 5  # of exports


def exports(tries: int = 100, **who: int | str) -> int:
    """How many exports get through in a row."""
    for done in range(tries):
        try:
            limits.spend("export", **who)  # type: ignore[arg-type]  # user or address
        except TooMany:
            return done
    return tries


def test_a_burst_passes_and_the_next_one_is_refused_in_words(clock: Traveller) -> None:
    assert exports(user=1) == BURST
    with pytest.raises(TooMany) as refusal:
        limits.spend("export", user=1)
    assert refusal.value.retry_after == 12 * 60
    assert str(refusal.value.message) == "You exported very often in a short time."
    assert str(refusal.value.next_step) == "Nothing was changed. Wait 12 minutes, then go on."


def test_a_short_wait_is_said_in_seconds(clock: Traveller) -> None:
    for _ in range(30):
        limits.spend("search", user=1)
    with pytest.raises(TooMany) as refusal:
        limits.spend("search", user=1)
    assert refusal.value.retry_after == 2
    assert str(refusal.value.next_step) == "Nothing was changed. Wait 2 seconds, then go on."


def test_time_gives_tokens_back_one_by_one_and_never_more_than_the_burst(clock: Traveller) -> None:
    exports(user=1)
    clock.shift(timedelta(minutes=12) - timedelta(seconds=1))
    assert exports(user=1) == 0
    clock.shift(timedelta(seconds=1))
    assert exports(user=1) == 1
    clock.shift(timedelta(days=30))
    assert exports(user=1) == BURST


def test_who_waits_as_long_as_told_is_let_through(clock: Traveller) -> None:
    exports(user=1)
    clock.shift(timedelta(seconds=100.5))
    with pytest.raises(TooMany) as refusal:
        limits.spend("export", user=1)
    assert refusal.value.retry_after is not None
    clock.shift(timedelta(seconds=refusal.value.retry_after - 1))
    assert exports(user=1) == 0
    clock.shift(timedelta(seconds=1))
    assert exports(user=1) == 1


def test_two_people_two_addresses_and_two_limits_do_not_share(clock: Traveller) -> None:
    exports(user=1)
    assert exports(user=2) == BURST
    assert exports(address="192.0.2.1") == 10
    assert exports(address="192.0.2.2") == 10
    limits.spend("search", user=1)


def test_one_ipv6_subscriber_is_one_address_however_they_vary_it(clock: Traveller) -> None:
    for number in range(10):
        limits.spend("export", address=f"2001:db8:1:2::{number}")
    with pytest.raises(TooMany):
        limits.spend("export", address="2001:db8:1:2:ffff::1")
    limits.spend("export", address="2001:db8:1:3::1")


def test_an_ipv4_address_written_as_ipv6_is_the_same_one(clock: Traveller) -> None:
    exports(address="192.0.2.1")
    assert exports(address="::ffff:192.0.2.1") == 0


def test_a_refusal_spends_nothing_neither_here_nor_in_the_other_bucket(clock: Traveller) -> None:
    exports(address="192.0.2.1")
    before = set(Bucket.objects.values_list("key", "full_at"))
    with pytest.raises(TooMany):
        limits.spend("export", user=7, address="192.0.2.1")
    assert set(Bucket.objects.values_list("key", "full_at")) == before
    assert exports(user=7) == BURST


def test_a_request_counts_for_its_user_and_its_address(alice: User, clock: Traveller) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.9")
    request.user = alice
    limits.spend("export", request)
    anonymous = RequestFactory().get("/", REMOTE_ADDR="192.0.2.10")
    anonymous.user = AnonymousUser()
    limits.spend("export", anonymous)
    assert set(Bucket.objects.values_list("key", flat=True)) == {
        f"export:user:{alice.pk}",
        "export:address:192.0.2.9",
        "export:address:192.0.2.10",
    }


def test_a_limit_that_does_not_know_who_asks_is_a_mistake_not_a_pass() -> None:
    with pytest.raises(ValueError, match="needs to know who asks"):
        limits.spend("export")


def test_customers_stop_at_the_reserve_and_renewals_use_it(clock: Traveller) -> None:
    budget = POLICIES["registrar"]
    assert budget.everyone is not None
    shared = budget.everyone.count - budget.reserve
    for _ in range(shared):
        limits.spend("registrar")
    with pytest.raises(TooMany):
        limits.spend("registrar")
    for _ in range(budget.reserve):
        limits.spend("registrar", priority=Priority.RENEWAL)
    with pytest.raises(TooMany):
        limits.spend("registrar", priority=Priority.RENEWAL)
    clock.shift(timedelta(seconds=1))
    limits.spend("registrar", priority=Priority.RENEWAL)
    with pytest.raises(TooMany):
        limits.spend("registrar")


def test_every_reserve_leaves_customers_something() -> None:
    for name, policy in POLICIES.items():
        assert policy.user or policy.address or policy.everyone, name
        assert not policy.reserve or (policy.everyone and policy.reserve < policy.everyone.count), name


def test_full_buckets_are_pruned_and_no_others(clock: Traveller) -> None:
    limits.spend("export", user=1)
    clock.shift(timedelta(minutes=6))
    limits.spend("export", user=2)
    clock.shift(timedelta(minutes=6))
    assert limits.prune() == 1
    assert [row.key for row in Bucket.objects.all()] == ["export:user:2"]


def test_a_token_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries, clock: Traveller) -> None:
    transaction_itself = 2  # a savepoint and its release, which BEGIN and COMMIT are under a test
    with django_assert_num_queries(1 + transaction_itself):
        limits.spend("export", user=1)


@pytest.mark.django_db(transaction=True)
def test_tokens_are_not_spent_where_a_rollback_could_give_them_back() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        limits.spend("export", user=1)


def crowd(folder: Path, *arguments: str) -> int:
    """What eight processes got together, on PostgreSQL from the tests' own database, else from a file of theirs."""
    if connection.vendor == "postgresql":
        place = connection.settings_dict
        url = f"postgres://{place['USER']}:{quote(place['PASSWORD'])}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    else:
        url = f"sqlite:///{folder / 'crowd.sqlite3'}"
        with connection.cursor() as cursor, closing(connect(folder / "crowd.sqlite3")) as file:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'limit_buckets'")
            file.execute("PRAGMA journal_mode=WAL")  # two processes may not both turn it on
            file.execute(cursor.fetchone()[0])
    done = subprocess.run(
        [sys.executable, "-m", "tests.macaw.kernel.limits.crowd", *arguments],
        env=os.environ | {"MACAW_TEST_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.django_db(transaction=True)
def test_eight_processes_at_once_get_exactly_the_burst(tmp_path: Path) -> None:
    assert crowd(tmp_path) == BURST


@pytest.mark.django_db(transaction=True)
def test_the_crowd_would_notice_a_bucket_that_looks_before_it_writes(tmp_path: Path) -> None:
    assert crowd(tmp_path, "careless") > BURST

"""Home tells the truth of one customer, and draws the next 90 days."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from billing.models import Invoice
from customers.models import Customer, User
from domains import queries
from domains.models import Domain
from macaw import home, horizon, shell
from macaw.kernel import clock as time
from tests import make

Clock = time_machine.Traveller
OPENING = 3  # session, user, customer
BELL = sum(door.view == shell.BELL for door in shell.DOORS)  # its count is one query


def expiring(owner: Customer, name: str, days: int, **facts: Any) -> Domain:
    return make.domain(owner, name, expiration_date=time.now() + timedelta(days=days), **facts)


def invoice(owner: Customer, number: str, due: int, **facts: Any) -> Invoice:
    return Invoice.objects.create(
        **{
            "customer": owner,
            "invoice_number": number,
            "due_date": time.now() + timedelta(days=due),
            "status": "issued",
            "total_amount": Decimal("88.56"),
            "paid_amount": Decimal("75.96"),
            **facts,
        }
    )


def text(client: Client) -> str:
    return " ".join(client.get("/").content.decode().split())


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_follows_the_one_clock(clock: Clock, hour: int, words: str) -> None:
    clock.move_to(datetime(2026, 11, 21, hour, 30, tzinfo=UTC))
    assert str(home.greeting()) == f"Good {words}"


def test_somebody_without_a_customer_is_told_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(make.user("dora"))
    assert "You act for no customer yet." in text(client)


def test_staff_without_a_customer_are_shown_the_desk(as_sam: Client) -> None:
    assert "Go to the desk" in text(as_sam)


def test_a_customer_without_names_sees_no_chart(as_alice: Client) -> None:
    page = text(as_alice)
    assert "No names are held here yet." in page
    assert "Next 90 days" not in page


def test_nothing_to_decide_is_said(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    expiring(ashdown, "calm.com", 200)
    page = text(as_alice)
    assert "One name held." in page
    assert "Nothing needs a decision from you." in page
    assert "No name expires before then." in page


def test_what_needs_a_person_comes_nearest_first(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    expiring(ashdown, "later.com", 20, auto_renew=False)
    expiring(ashdown, "gone.com", -3, status="grace")
    expiring(ashdown, "sooner.com", 6, auto_renew=False)
    invoice(ashdown, "MC-1", -10)
    page = text(as_alice).partition("Next 90 days")[0]
    places = [page.index(word) for word in ("MC-1", ">gone<", ">sooner<", ">later<")]
    assert places == sorted(places)
    assert "4 things need a decision from you." in page
    assert "expires in 6 days" in page
    assert "expired 3 days ago" in page
    assert "$12.60</span> of" in page


def test_what_renews_itself_needs_nobody(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    expiring(ashdown, "renews.com", 6)
    expiring(ashdown, "far.com", 31, auto_renew=False)
    invoice(ashdown, "MC-2", 3)
    invoice(ashdown, "MC-3", -3, status="paid")
    invoice(ashdown, "draft-4", -3, status="draft")
    page = text(as_alice)
    assert "Nothing needs a decision from you." in page
    assert "MC-" not in page
    assert "draft" not in page


def test_dates_nobody_confirmed_are_never_shown(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    name = expiring(ashdown, "coming.com", 10, status="pending", dates_confirmed=False, auto_renew=False)
    page = text(as_alice)
    assert "is on its way" in page
    assert f"{name.expiration_date:%-d %b %Y}" not in page
    assert "Nothing needs a decision from you." in page
    assert queries.holdings(ashdown).due_soon == 0


def test_a_name_that_ended_is_not_counted(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    expiring(ashdown, "away.com", 3, status="transferred_away", auto_renew=False)
    expiring(ashdown, "over.com", 3, status="cancelled", auto_renew=False)
    assert "No names are held here yet." in text(as_alice)


def test_nothing_of_another_customer_is_shown(as_charlie: Client, ashdown: Customer, clock: Clock) -> None:
    expiring(ashdown, "private.com", 6, auto_renew=False)
    expiring(ashdown, "coming.com", 10, status="pending", dates_confirmed=False)
    invoice(ashdown, "MC-1", -10)
    page = text(as_charlie)
    for private in ("private", "coming", "MC-1", "Ashdown"):
        assert private not in page


def test_held_money_and_credit_are_told_where_there_is_any(as_alice: Client, ashdown: Customer) -> None:
    Customer.objects.update(account_balance="-40.50", held_amount="10.00", credit_limit="400.00")
    page = text(as_alice)
    assert "\u2212$40.50" in page
    assert "$349.50" in page


@pytest.mark.parametrize("names", [1, 30])
def test_home_asks_the_same_however_many_names(
    as_alice: Client, ashdown: Customer, clock: Clock, names: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(names):
        expiring(ashdown, f"name-{number}.com", 3 + number * 2, auto_renew=number % 2 == 0)
        invoice(ashdown, f"MC-{number}", -1 - number)
    with django_assert_num_queries(QUERIES):
        as_alice.get("/")


QUERIES = OPENING + 6 + BELL  # notices, holdings, invoices, lapsing, unconfirmed, expiring


def test_many_names_are_a_list_that_says_how_many_more(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    for number in range(horizon.DRAWN + 3):
        expiring(ashdown, f"name-{number:02}.com", 3 + number)
    page = text(as_alice)
    assert "And 3 more before the 90 days are over." in page
    assert '<line class="hz-ax"' not in page


def test_a_long_list_of_needs_says_how_many_more(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    for number in range(home.SHOWN_NEEDS + 2):
        expiring(ashdown, f"name-{number:02}.com", 3 + number, auto_renew=False)
    assert "And 2 more, due later." in text(as_alice)


def unsaved(name: str, days: int) -> Domain:
    return Domain(domain_name=name, expiration_date=time.now() + timedelta(days=days))


def test_the_drawing_of_no_name_is_empty() -> None:
    assert horizon.points([]) == []


def test_each_name_stands_at_its_day(clock: Clock) -> None:
    drawn = horizon.points([unsaved("first.com", 0), unsaved("middle.com", 45), unsaved("last.com", 89)])
    assert drawn is not None
    assert [point.x for point in drawn] == ["0.00%", "50.00%", "98.89%"]
    assert [point.ends for point in drawn] == [False, False, True]


def test_months_stand_where_they_begin(clock: Clock) -> None:
    assert horizon.months() == [("11.11%", "Dec"), ("45.56%", "Jan"), ("80.00%", "Feb")]


def test_too_many_on_one_day_are_not_drawn(clock: Clock) -> None:
    assert horizon.points([unsaved(f"a-name-{number}.com", 40) for number in range(7)]) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 89), st.integers(1, 40)), max_size=12))
def test_no_label_crosses_another_or_a_stem(names: list[tuple[int, int]]) -> None:
    domains = [unsaved("x" * length + ".com", days) for days, length in sorted(names)]
    drawn = horizon.points(domains)
    for point in drawn or []:
        start = float(point.x[:-1]) - (horizon._width(point.domain) if point.ends else 0)
        end = start + horizon._width(point.domain)
        assert start >= -0.01
        assert end <= 100.01
        for other in drawn or []:
            if other is point:
                continue
            at = float(other.x[:-1])
            if other.y == point.y:
                other_start = at - (horizon._width(other.domain) if other.ends else 0)
                assert end <= other_start + 0.02 or other_start + horizon._width(other.domain) <= start + 0.02
            if point.y == horizon.NEAR and other.y == horizon.FAR:
                assert not start + 0.02 < at < end - 0.02


def test_a_user_reads_only_notices_meant_for_them(as_charlie: Client, alice: User, ashdown: Customer) -> None:
    assert "Newest notices" not in text(as_charlie)

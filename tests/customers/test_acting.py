"""For whom one acts: the first customer, or the one that was picked; and never by a form that was made for another."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers import queries
from customers.login.acting import PICKED
from customers.models import Customer, Membership, User
from tests import make

pytestmark = pytest.mark.django_db
SWITCH = "/settings/acting/"


@pytest.fixture
def breton(alice: User, ashdown: Customer) -> Customer:
    """A second customer, in which Alice only looks."""
    return make.customer(alice, role="viewer", username="breton", company_name="Breton Books")


def acts_for(client: Client) -> str:
    answer = client.get("/")
    customer = answer.context["shell"].customer
    return customer.name if customer else ""


def test_one_acts_for_the_first_customer_joined(as_alice: Client, breton: Customer) -> None:
    assert acts_for(as_alice) == "Ashdown Studio"


def test_what_was_picked_is_remembered_in_this_session_alone(as_alice: Client, alice: User, breton: Customer) -> None:
    answer = as_alice.post(SWITCH, {"pick": breton.pk})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "You now act for Breton Books." in as_alice.get("/").content.decode()
    assert acts_for(as_alice) == "Breton Books"
    other = Client()
    other.force_login(alice)
    assert acts_for(other) == "Ashdown Studio"


@pytest.mark.parametrize("pick", ["", "0", "x", "-1"])
def test_what_is_no_customer_cannot_be_picked(as_alice: Client, breton: Customer, pick: str) -> None:
    assert as_alice.post(SWITCH, {"pick": pick}).status_code == 404
    assert acts_for(as_alice) == "Ashdown Studio"


def test_nobody_picks_anothers_customer(as_alice: Client, charlie: User) -> None:
    crane = Customer.objects.get(company_name="Crane and Sons")
    answer = as_alice.post(SWITCH, {"pick": crane.pk})
    assert answer.status_code == 404
    assert "Crane" not in answer.content.decode()
    assert PICKED not in as_alice.session


def test_who_is_removed_acts_for_it_no_more(as_alice: Client, breton: Customer) -> None:
    as_alice.post(SWITCH, {"pick": breton.pk})
    Membership.objects.filter(customer=breton).delete()
    assert acts_for(as_alice) == "Ashdown Studio"


def test_nobody_acts_for_a_closed_customer(as_alice: Client, ashdown: Customer, breton: Customer) -> None:
    Customer.objects.filter(pk=ashdown.pk).update(status="closed")
    assert acts_for(as_alice) == "Breton Books"
    assert as_alice.post(SWITCH, {"pick": ashdown.pk}).status_code == 404
    Customer.objects.filter(pk=breton.pk).update(status="closed")
    assert acts_for(as_alice) == ""


def test_the_switch_stands_on_the_page_of_who_has_a_choice(as_alice: Client, breton: Customer) -> None:
    page = as_alice.get("/settings/").content.decode()
    assert page.count(f'action="{SWITCH}"') == 2  # beside the person, and under More
    assert "Breton Books" in page
    assert SWITCH not in as_alice.get("/help/").content.decode()


def test_who_has_no_choice_sees_no_switch(as_charlie: Client) -> None:
    assert SWITCH not in as_charlie.get("/settings/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_all_ones_customers_are_one_query(
    alice: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for nth in range(number):
        make.customer(alice, username=f"c{nth}")
    with django_assert_num_queries(1):
        assert [each.customer.username for each in queries.memberships_of(alice)] == [
            f"c{nth}" for nth in range(number)
        ]


def test_the_switch_needs_a_token(alice: User, breton: Customer) -> None:
    strict: Any = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(SWITCH, {"pick": breton.pk}).status_code == 403
    assert acts_for(strict) == "Ashdown Studio"

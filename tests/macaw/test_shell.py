"""The frame: doors that exist, nothing private where nobody was vouched for, and no cost where it is not shown."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, User
from macaw import shell

pytestmark = pytest.mark.django_db


def request_of(user: User | None, path: str = "/", **facts: Any) -> Any:
    request: Any = RequestFactory().get(path)
    request.user = user
    for name, value in facts.items():
        setattr(request, name, value)
    return request


def test_every_door_leads_somewhere() -> None:
    for door in shell.DOORS:
        assert resolve(reverse(door.view))


def test_a_door_knows_the_pages_behind_it() -> None:
    home, settings = shell.DOORS[0], next(door for door in shell.DOORS if door.view == "settings")
    assert home.leads_to("/")
    assert not home.leads_to("/settings/")
    assert settings.leads_to("/settings/deeper/")


def test_a_customer_sees_no_staff_doors(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode()
    assert reverse("admin:index") not in page
    assert reverse("desk") not in page


def test_staff_see_their_doors(as_sam: Client) -> None:
    page = as_sam.get("/").content.decode()
    assert reverse("admin:index") in page
    assert reverse("desk") in page


def test_the_page_one_is_on_is_marked(as_alice: Client) -> None:
    page = as_alice.get("/settings/").content.decode()
    assert f'href="{reverse("settings")}" aria-current="page"' in page
    assert f'href="{reverse("home")}" aria-current="page"' not in page


def test_a_page_with_login_shows_whose_it_is(as_alice: Client, ashdown: Customer) -> None:
    page = as_alice.get("/settings/").content.decode()
    assert "Ashdown Studio" in page
    assert "Alice Ashdown" in page
    assert "$0.00" in page


@pytest.mark.parametrize("address", ["/help/", "/nowhere/", "/signed-out/"])
def test_a_page_without_login_shows_nothing_private(as_alice: Client, ashdown: Customer, address: str) -> None:
    page = as_alice.get(address).content.decode()
    for private in ("Ashdown", "Alice", "$0.00"):
        assert private not in page
    assert reverse("settings") in page  # the way back in


def test_staff_are_not_told_apart_on_a_public_page(as_sam: Client) -> None:
    assert reverse("admin:index") not in as_sam.get("/help/").content.decode()


def test_a_stranger_finds_help_and_the_way_in() -> None:
    page = Client().get("/help/").content.decode()
    assert "Sign in" in page
    assert reverse("settings") not in page.partition("<main")[0]
    assert 'class="tabbar"' not in page


def test_the_theme_is_the_persons_then_the_browsers(alice: User) -> None:
    alice.theme = "dark"
    own = request_of(alice, customer=None)
    own.COOKIES["theme"] = "light"
    assert shell.Shell(own).theme == "dark"
    public = request_of(alice)
    public.COOKIES["theme"] = "light"
    assert shell.Shell(public).theme == "light"
    public.COOKIES["theme"] = '"><script>'
    assert shell.chosen_theme(public) == ""


def test_a_page_without_a_frame_costs_nothing(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        shell.context(request_of(alice, customer=None))


def test_the_frame_of_a_customers_page_costs_at_most_two_queries(
    alice: User, ashdown: Customer, django_assert_max_num_queries: Any
) -> None:
    frame = shell.Shell(request_of(alice, customer=ashdown))
    with django_assert_max_num_queries(2):
        assert frame.entries
        assert frame.groups
        assert frame.tabs
        assert frame.more
        assert frame.customer == ashdown


def test_on_a_public_page_a_session_opens_doors_and_names_nobody(charlie: User) -> None:
    frame = shell.Shell(request_of(charlie, path="/help/"))
    assert frame.user is None
    assert frame.customer is None
    assert frame.signed_in

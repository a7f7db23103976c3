"""Where somebody is signed in: they see it, and can end it there."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.login.sessions import digest
from customers.models import Customer, Session, User
from macaw import shell
from macaw.work import DUTIES

pytestmark = pytest.mark.django_db
BELL = sum(door.view == shell.BELL for door in shell.DOORS)  # its count is one query
SETTINGS = 4 + BELL  # session, user, memberships, sessions
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/130.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
CHROME_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)


def signed_in(user: User, browser: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": browser})
    client.force_login(user)
    return client


def row(client: Client) -> Session:
    return Session.objects.get(pk=digest(client.cookies["macaw"].value))


@pytest.mark.parametrize(
    ("browser", "shown"),
    [
        (FIREFOX, "Firefox · Linux"),
        (CHROME, "Chrome · Windows"),
        (EDGE, "Edge · Windows"),
        (IPHONE, "Safari · iPhone"),
        (CHROME_ANDROID, "Chrome · Android"),
        ("curl/8", ""),
        ("", ""),
        ("<script>Firefox/", "Firefox"),
    ],
)
def test_a_browser_is_named_as_people_know_it(browser: str, shown: str) -> None:
    assert Session(browser=browser).device == shown


def test_a_session_says_when_from_where_and_with_what(
    alice: User, ashdown: Customer, clock: time_machine.Traveller
) -> None:
    client = signed_in(alice)
    began = row(client).began_at
    clock.shift(timedelta(minutes=5))
    page = client.get("/settings/", REMOTE_ADDR="198.51.100.4").content.decode()
    found = row(client)
    assert (found.user, found.began_at, found.seen_at - began) == (alice, began, timedelta(minutes=5))
    assert (found.address, found.device) == ("198.51.100.4", "Firefox · Linux")
    assert "This browser, now" in page
    assert "Sign out everywhere else" not in page


def test_use_is_noted_once_a_minute(alice: User, ashdown: Customer, clock: time_machine.Traveller) -> None:
    client = signed_in(alice)
    first = row(client).seen_at
    clock.shift(timedelta(seconds=59))
    client.get("/settings/")
    assert row(client).seen_at == first
    clock.shift(timedelta(seconds=1))
    client.get("/settings/")
    assert row(client).seen_at - first == timedelta(minutes=1)


def test_one_other_session_can_be_ended(alice: User, ashdown: Customer) -> None:
    here, there, third = signed_in(alice), signed_in(alice, IPHONE), signed_in(alice)
    answer = here.post("/settings/sessions/", {"session": row(there).pk})
    assert (answer.status_code, answer["Location"]) == (303, "/settings/#sessions")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert third.get("/").status_code == 200


def test_all_others_can_be_ended_and_this_one_stays(alice: User, ashdown: Customer, charlie: User) -> None:
    here, there, charlies = signed_in(alice), signed_in(alice), signed_in(charlie)
    assert (
        "Signed out elsewhere: 1 session."
        in here.post("/settings/sessions/", {"others": "1"}, follow=True).content.decode()
    )
    assert there.get("/").status_code == 302
    assert charlies.get("/").status_code == 200
    assert "signed in nowhere else" in here.post("/settings/sessions/", {"others": "1"}, follow=True).content.decode()


def test_nobody_ends_anothers_session(alice: User, ashdown: Customer, charlie: User) -> None:
    here, charlies = signed_in(alice), signed_in(charlie)
    here.post("/settings/sessions/", {"session": row(charlies).pk})
    assert charlies.get("/").status_code == 200
    assert "Charlie" not in here.get("/settings/").content.decode()


def test_a_form_that_names_no_session_ends_none(alice: User, ashdown: Customer) -> None:
    here, there = signed_in(alice), signed_in(alice)
    assert here.post("/settings/sessions/", {}).status_code == 422
    assert there.get("/").status_code == 200


@pytest.mark.parametrize("others", [0, 29])
def test_the_page_asks_as_much_for_thirty_sessions_as_for_one(
    alice: User, ashdown: Customer, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(alice)
    for _ in range(others):
        signed_in(alice)
    with django_assert_num_queries(SETTINGS):
        page = client.get("/settings/").content.decode()
    assert page.count("Firefox") + page.count("Unknown browser") == others + 1


def test_what_has_expired_is_neither_shown_nor_kept(
    alice: User, ashdown: Customer, clock: time_machine.Traveller
) -> None:
    signed_in(alice)
    clock.shift(timedelta(hours=13))
    client = signed_in(alice)
    assert client.get("/settings/").content.decode().count("<tr>") == 2
    [prune] = [plan for plan in DUTIES if plan.name == "sessions.prune"]
    assert prune.run(None) == "1 sessions"
    assert Session.objects.count() == 1


def test_who_is_deleted_is_signed_in_nowhere(alice: User) -> None:
    signed_in(alice)
    alice.delete()
    assert not Session.objects.exists()

"""The inbox: what a person sees there, what they may not, and that a look changes nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.mailing.models import Notice
from customers.models import Customer, Membership, User
from macaw.kernel import clock as time
from tests import make

Clock = time_machine.Traveller
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
OPENING = 3  # session, user, customer
BELL = 1  # its count, which is the tab's as well
LIST, ONE = 2, 1  # length and page; the notice with its customer


def text(client: Client, path: str = "/notices/", **headers: Any) -> str:
    answer = client.get(path, headers=headers or None)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def address(notice: Notice) -> str:
    return f"/notices/{notice.uuid}/"


def unread() -> set[str]:
    return set(Notice.objects.unread().values_list("subject", flat=True))


def test_an_empty_inbox_says_what_comes_here(as_alice: Client) -> None:
    assert "No notice yet" in text(as_alice)
    assert "Mark all as read" not in text(as_alice)


def test_the_inbox_shows_what_is_meant_for_me_newest_first(as_alice: Client, alice: User, ashdown: Customer) -> None:
    make.notice(alice, subject="To me")
    make.notice(None, customer=ashdown, subject="To all of us")
    make.notice(alice, customer=ashdown, subject="To me of us")
    page = text(as_alice)
    places = [page.index(words) for words in (">To me of us<", ">To all of us<", ">To me<")]
    assert places == sorted(places)
    assert "1–3 of 3" in page


def test_what_is_meant_forothers_does_not_exist(
    as_alice: Client, alice: User, bob: User, charlie: User, ashdown: Customer
) -> None:
    theirs = [
        make.notice(charlie, subject="private"),
        make.notice(bob, customer=ashdown, subject="private"),
        make.notice(None, customer=Customer.objects.get(company_name="Crane and Sons"), subject="private"),
        make.notice(alice, customer=Customer.objects.get(company_name="Crane and Sons"), subject="private"),
    ]
    assert "private" not in text(as_alice)
    for notice in theirs:
        assert as_alice.get(address(notice)).status_code == 404
        assert as_alice.post(address(notice)).status_code == 404
        assert as_alice.post("/notices/", {"notice": notice.uuid}).status_code == 404
    mine = make.notice(alice)
    as_alice.post("/notices/", {"notice": mine.uuid, "older": "1"})
    assert unread() == {"private"}


def test_who_leaves_a_customer_sees_its_notices_no_more(as_alice: Client, alice: User, ashdown: Customer) -> None:
    notice = make.notice(alice, customer=ashdown)
    assert as_alice.get(address(notice)).status_code == 200
    Membership.objects.all().delete()
    assert as_alice.get(address(notice)).status_code == 404


def test_staff_are_shown_only_their_own(as_sam: Client, alice: User) -> None:
    assert as_sam.get(address(make.notice(alice))).status_code == 404


def test_a_look_changes_nothing(as_alice: Client, alice: User) -> None:
    notice = make.notice(alice)
    for path in ("/notices/", "/notices/?show=unread", address(notice)):
        as_alice.get(path)
        as_alice.head(path)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_is_marked_as_read_and_keeps_its_moment(as_alice: Client, alice: User, clock: Clock) -> None:
    notice, other = make.notice(alice), make.notice(alice)
    answer = as_alice.post(address(notice))
    assert (answer.status_code, answer.headers["Location"]) == (303, address(notice))
    moment = time.now()
    clock.shift(timedelta(hours=1))
    as_alice.post(address(notice))
    notice.refresh_from_db()
    assert notice.read_at == moment
    assert unread() == {other.subject}
    page = text(as_alice, address(notice))
    assert "1 hour ago" in page
    assert "Mark as read" not in page


def test_one_is_marked_in_the_list_which_stays_where_it_was(as_alice: Client, alice: User) -> None:
    one, other = make.notice(alice), make.notice(alice)
    answer = as_alice.post("/notices/?show=unread&page=1", {"notice": one.uuid})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/notices/?show=unread&page=1")
    assert unread() == {other.subject}
    assert f">{one.subject}<" not in text(as_alice, "/notices/?show=unread")


def test_all_are_marked_but_what_came_meanwhile(as_alice: Client, alice: User) -> None:
    first, second = make.notice(alice), make.notice(alice)
    assert f'name="notice" value="{second.uuid}"' in text(as_alice)
    late = make.notice(alice)
    as_alice.post("/notices/", {"notice": second.uuid, "older": "1"})
    assert unread() == {late.subject}
    assert first.subject != late.subject


def test_when_all_are_read_the_inbox_says_so(as_alice: Client, alice: User) -> None:
    make.notice(alice, read_at=time.now())
    assert "You have read them all" in text(as_alice, "/notices/?show=unread")
    assert "You have read them all" not in text(as_alice)


def test_htmx_gets_the_part_and_the_counts_of_the_frame(as_alice: Client, alice: User) -> None:
    notice, other = make.notice(alice), make.notice(alice)
    answer = as_alice.post(address(notice), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith('<aside class="stack" id="state"')
    assert 'hx-target="#bell"' in page
    assert "Notices, 1 new" in page
    page = as_alice.post("/notices/", {"notice": other.uuid}, headers=HTMX).content.decode()
    assert page.lstrip().startswith('<div id="inbox">')
    assert "new" not in page.partition('hx-target="#bell"')[2].partition("</hx-partial>")[0]
    assert "hx-partial" not in as_alice.get("/notices/", headers=HTMX).content.decode()


@pytest.mark.parametrize("data", [{}, {"notice": "x"}, {"notice": str(uuid4())}, {"older": "1"}])
def test_a_post_that_names_nothing_changes_nothing(as_alice: Client, alice: User, data: dict[str, str]) -> None:
    make.notice(alice)
    assert as_alice.post("/notices/", data).status_code == 404
    assert len(unread()) == 1


def test_what_is_not_there_is_missing(as_alice: Client) -> None:
    for path in ("/notices/?show=none", f"/notices/{uuid4()}/", "/notices/none/"):
        assert as_alice.get(path).status_code == 404


MAIL: list[tuple[dict[str, Any], str, str]] = [
    ({}, "Waits to be sent", "It goes out within seconds"),
    ({"attempts": 1, "leased_by": "ann"}, "Waits to be sent", "It goes out within seconds"),  # under way
    ({"last_error": "Deferred: 451", "due_at": "in an hour"}, "Not sent yet", "The next attempt: in 1 hour."),
    ({"due_at": None, "failed_at": "now"}, "Not sent", "The mail server refused it, or did not answer for a day."),
    ({"due_at": None, "sent_at": "now", "outcome": "250 queued"}, "Sent", "Whether it reached the inbox"),
    ({"due_at": None, "sent_at": "now", "outcome": "console"}, "Printed", "This installation has no mail server"),
]


@pytest.mark.parametrize("case", MAIL, ids=lambda case: case[2])
def test_the_page_says_honestly_what_became_of_the_mail(
    as_alice: Client, alice: User, clock: Clock, case: tuple[dict[str, Any], str, str]
) -> None:
    facts, state, hint = case
    moments = {"now": time.now(), "in an hour": time.now() + timedelta(hours=1)}
    notice = make.notice(alice, **{name: moments.get(value, value) for name, value in facts.items()})
    page = text(as_alice, address(notice))
    assert f"</svg>{state}</span>" in page
    assert hint in page
    assert notice.recipient in page
    assert ('hx-trigger="every 3s"' in page) is (state == "Waits to be sent"), (
        "only what changes within seconds is watched"
    )


SAID = [{"last_error": "Deferred: 451 mx-7.internal"}, {"outcome": "250 from mx-8.internal", "due_at": None}]


@pytest.mark.parametrize("facts", SAID)
def test_staff_alone_are_shown_the_servers_own_words(
    as_alice: Client, as_sam: Client, alice: User, sam: User, facts: dict[str, Any]
) -> None:
    assert "internal" not in text(as_alice, address(make.notice(alice, **facts)))
    assert "internal" in text(as_sam, address(make.notice(sam, **facts)))


def test_only_our_own_addresses_become_links(as_alice: Client, alice: User, settings: Any) -> None:
    body = "Look: http://127.0.0.1:8000/desk/\n<b>bold</b> http://evil.example/ http://127.0.0.1:8000.evil.example/x\n"
    page = text(as_alice, address(make.notice(alice, body_text=body)))
    letter = page.partition('aria-label="What it says"')[2].partition("</section>")[0]
    assert '<a href="http://127.0.0.1:8000/desk/">http://127.0.0.1:8000/desk/</a>' in letter
    assert letter.count("<a ") == 1
    assert "&lt;b&gt;bold" in letter


def test_a_long_list_has_pages(as_alice: Client, alice: User) -> None:
    for _ in range(51):
        make.notice(alice)
    first, second = text(as_alice), text(as_alice, "/notices/?page=2")
    assert (first.count('id="n-'), second.count('id="n-')) == (50, 1)
    assert "1–50 of 51" in first
    assert "51–51 of 51" in second
    assert "Mark all as read" in first
    assert "Mark all as read" not in second, "there it would not be all"


def test_the_bell_counts_what_is_new(as_alice: Client, alice: User) -> None:
    for _ in range(2):
        make.notice(alice)
    page = text(as_alice, "/settings/")
    assert 'aria-label="Notices, 2 new"' in page
    Notice.objects.update(read_at=time.now())
    assert 'aria-label="Notices"' in text(as_alice, "/settings/")


def test_home_leads_to_its_newest_notices(as_alice: Client, alice: User) -> None:
    assert f'href="{address(make.notice(alice))}"' in text(as_alice, "/")


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow_with_the_rows(
    as_alice: Client, alice: User, ashdown: Customer, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        notice = make.notice(alice, customer=ashdown)
    for path, own in (("/notices/", LIST), ("/notices/?show=unread", LIST), (address(notice), ONE)):
        with django_assert_num_queries(OPENING + BELL + own):
            as_alice.get(path)

"""A notice is decided with what it tells, or not at all; and its letters are safe whatever people are called."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.template.loader import get_template

from customers.mailing import notices
from customers.mailing.kinds import LETTERS
from customers.mailing.masks import MASK
from customers.mailing.models import Notice
from customers.models import Customer, User
from macaw.kernel.errors import Invalid
from macaw.kernel.jobs import queue
from tests.house.tree import ROOT
from tests.house.words import VOID

pytestmark = pytest.mark.django_db
CONTEXT = {
    "account": "Ashdown Studio",
    "sender": "Sam Stone",
    "inviter": "Alice Ashdown",
    "inviter_email": "alice@example.com",
    "company": "Ashdown Studio",
    "role": "Manager",
    "covers": "Names and money.",
}
LINK: dict[str, object] = {"token": MASK, "expires_at": datetime(2026, 11, 28, 9, 0, tzinfo=UTC)}
EVIL = '<script>alert("1")</script>&amp;'


def decide(user: User, kind: str = Notice.Kind.WELCOME, **facts: Any) -> Notice:
    with transaction.atomic():
        return notices.decide(
            **{"kind": kind, "recipient": user.email, "user": user, "context": CONTEXT | LINK, **facts}
        )


class Page(HTMLParser):
    """The tags of a letter, and whether they close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def links(self) -> list[str]:
        return [facts["href"] for tag, facts in self.tags if tag == "a"]


@pytest.mark.django_db(transaction=True)
def test_a_notice_needs_the_transaction_of_what_it_tells(alice: User) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        notices.decide(kind=Notice.Kind.WELCOME, recipient=alice.email, user=alice, context=CONTEXT)
    assert not Notice.objects.exists()


def test_what_did_not_happen_is_not_told(alice: User) -> None:
    class Undone(Exception):
        pass

    def fail() -> None:
        with transaction.atomic():
            notices.decide(kind=Notice.Kind.WELCOME, recipient=alice.email, user=alice, context=CONTEXT)
            raise Undone

    with pytest.raises(Undone):
        fail()
    assert not Notice.objects.exists()


def test_one_occasion_is_told_once(alice: User) -> None:
    one, two = decide(alice, dedupe_key="welcome:1"), decide(alice, dedupe_key="welcome:1")
    assert one == two
    assert decide(alice, dedupe_key="welcome:2") != one
    assert decide(alice) != decide(alice)


def test_a_notice_is_due_at_once(alice: User, ashdown: Customer) -> None:
    notice = decide(alice, customer=ashdown)
    assert queue.claim(Notice, "ann") == [notice]
    assert (notice.customer, notice.language, notice.max_attempts) == (ashdown, "en", notices.ATTEMPTS)


@pytest.mark.parametrize("recipient", ["", "nobody", "a@b@example.com", "a@example.com\nBcc: b@example.com"])
def test_what_is_no_address_is_refused(alice: User, recipient: str) -> None:
    with pytest.raises(Invalid):
        decide(alice, recipient=recipient)


def test_a_value_begins_no_header_and_no_paragraph(alice: User) -> None:
    notice = decide(alice, context={"account": "Studio\r\nBcc: x@example.com\u2028\n\nPay here: http://evil.example/"})
    assert notice.subject == "Your Macaw account Studio Bcc: x@example.com Pay here: http://evil.example/ is open"
    assert "\n\nPay here" not in notice.body_text
    notice.full_clean()


def test_a_value_turns_no_text_around(alice: User) -> None:
    notice = decide(alice, context={"account": "\u202egpj.exe\u2066 שלום"})
    assert notice.subject == "Your Macaw account gpj.exe שלום is open"
    assert '<bdi translate="no">gpj.exe שלום</bdi>' in notice.body_html


@pytest.mark.parametrize("kind", LETTERS)
def test_hostile_values_stay_text(alice: User, kind: str) -> None:
    alice.full_name, alice.username = EVIL, "w" * 200
    notice = decide(alice, kind, context=dict.fromkeys(CONTEXT, EVIL) | {"account": EVIL + "w" * 200} | LINK)
    assert "<script" not in notice.body_html
    assert "&lt;script&gt;" in notice.body_html
    assert EVIL in notice.body_text, "plain text is not escaped"


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_is_whole_and_asks_nobody(alice: User, kind: str, settings: Any) -> None:
    settings.MACAW_SUPPORT_EMAIL = "help@example.com"
    settings.MACAW_BASE_URL = "https://names.example.com"
    notice = decide(alice, kind)
    page = Page(notice.body_html)
    assert page.open == []
    assert {tag for tag, _ in page.tags} & {"img", "link", "script", "iframe", "form", "object"} == set()
    assert not any({"src", "background", "srcset"} & facts.keys() for _, facts in page.tags)
    assert "url(" not in notice.body_html
    assert all(link.startswith(("https://names.example.com/", "mailto:help@example.com")) for link in page.links())
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.tags
    assert "prefers-color-scheme: dark" in notice.body_html
    widths = [facts["width"] for tag, facts in page.tags if tag == "td" and facts.get("height") == "4"]
    assert widths == ["62%", "20%", "18%"]


@pytest.mark.parametrize("kind", LETTERS)
def test_text_and_html_say_the_same(alice: User, kind: str, settings: Any) -> None:
    settings.MACAW_SUPPORT_EMAIL = "help@example.com"
    notice = decide(alice, kind)
    reason = str(LETTERS[kind].reason)
    buttons = [link for link in Page(notice.body_html).links() if link.startswith("http")]
    assert notice.body_html.count('bgcolor="#005d99"') == 1, "one button"
    for body in (notice.body_text, notice.body_html):
        assert reason in body
        assert "help@example.com" in body
    assert notice.subject in notice.body_html
    assert all(link in notice.body_text for link in buttons)
    assert not re.search(r"\n{3}|<\w|&\w+;", notice.body_text)
    assert max(map(len, notice.body_text.splitlines())) < 998, "a line of mail has an end"


def test_every_kind_has_a_letter_and_every_letter_a_kind() -> None:
    assert {kind.value for kind in Notice.Kind} == set(LETTERS)
    for letter in LETTERS.values():
        assert get_template(f"mail/{letter.template}.txt")
        assert get_template(f"mail/{letter.template}.html")
    written = {path.stem for path in (ROOT / "templates/mail").glob("*.txt")} - {"letter"}
    assert written == {letter.template for letter in LETTERS.values()}


def test_without_a_support_address_none_is_named(alice: User, settings: Any) -> None:
    settings.MACAW_SUPPORT_EMAIL = ""
    notice = decide(alice)
    assert "mailto:" not in notice.body_html
    assert "Write to us" not in notice.body_text

"""Alice invites, Charlie accepts and picks whom he acts for, and is removed again. Sam lets Dora in, and looks as a customer."""

import sqlite3
from contextlib import closing

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from customers.mailing.masks import secret_of
from tests.browser.house import DATABASE, SECRET_KEY, House
from tests.browser.test_axe import broken
from tests.browser.visit import Visitor

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
NEWEST = "SELECT dedupe_key, recipient, due_at FROM notices WHERE kind = 'invitation' ORDER BY id DESC LIMIT 1"


def mailed_link(house: House, recipient: str) -> str:
    """What the mail that waits in the outbox will say."""
    with closing(sqlite3.connect(house.folder / DATABASE, timeout=20)) as database:
        occasion, to, due = database.execute(NEWEST).fetchone()
    assert to == recipient
    assert due, "it waits for a worker"
    with override_settings(SECRET_KEY=SECRET_KEY):
        return f"/invitations/{secret_of(occasion)}/"


def invite(visit: Visitor, javascript: bool) -> Page:
    """Alice's page after she invited Charlie to be a manager."""
    alice = visit("alice", "/settings/customer/", javascript=javascript)
    alice.get_by_role("link", name="Invite somebody").click()
    alice.get_by_label("Email").fill("charlie@post.example")
    alice.get_by_label("Manager").check()
    alice.get_by_role("button", name="Send the invitation").click()
    expect(alice.locator("#h-invitations")).to_be_visible()
    expect(alice.get_by_role("main")).to_contain_text("charlie@post.example")
    return alice


def accept(visit: Visitor, javascript: bool) -> Page:
    """Charlie's page after he followed the link of the mail."""
    charlie = visit("charlie", mailed_link(visit.house, "charlie@post.example"), javascript=javascript)
    charlie.get_by_role("link", name="Sign in to accept").click()
    expect(charlie.get_by_role("main")).to_contain_text("You are signed in as Charlie Crane")
    charlie.get_by_role("button", name="Act for Ashdown Studio").click()
    expect(charlie.locator("h1")).to_have_text("Ashdown Studio")
    return charlie


@scripts
def test_somebody_is_invited_and_accepts_once(visit: Visitor, javascript: bool) -> None:
    invite(visit, javascript)
    link = mailed_link(visit.house, "charlie@post.example")
    stranger = visit("", link, javascript=javascript)
    expect(stranger.get_by_role("main")).to_contain_text("Alice Ashdown invites you to act for Ashdown Studio.")
    accept(visit, javascript)
    assert visit("", link, status=404).locator("h1").inner_text() == "This invitation cannot be used"


@scripts
def test_a_member_picks_whom_to_act_for_and_is_removed(visit: Visitor, javascript: bool) -> None:
    alice = invite(visit, javascript)
    charlie = accept(visit, javascript)
    stale = charlie.context.new_page()
    stale.goto("/settings/customer/")
    charlie.get_by_role("button", name="Act for another customer").click()
    charlie.locator("#act-for").get_by_role("button", name="Crane & Sons").click()
    expect(charlie.locator(".me .who")).to_contain_text("Crane & Sons")
    stale.get_by_label("Email").fill("other@crane.example")
    stale.get_by_role("button", name="Save name and address").click()
    refused = "This form was made for Ashdown Studio, and you now act for Crane & Sons"
    expect(stale.get_by_role("main")).to_contain_text(refused)
    stale.go_back()
    expect(stale.get_by_label("Email")).to_have_value("other@crane.example")
    alice.goto("/settings/customer/")
    alice.get_by_role("link", name="Change Charlie Crane").click()
    alice.get_by_role("button", name="Remove Charlie Crane").click()
    expect(alice.get_by_role("main")).not_to_contain_text("Charlie Crane")
    charlie.goto("/settings/customer/")
    expect(charlie.locator("h1")).to_have_text("Crane & Sons")
    expect(charlie.locator("#act-for")).to_have_count(0)


def test_a_small_screen_picks_under_more(visit: Visitor) -> None:
    alice = visit("alice", "/settings/customer/invite/")
    alice.get_by_label("Email").fill("charlie@post.example")
    alice.get_by_role("button", name="Send the invitation").click()
    expect(alice.locator("#h-invitations")).to_be_visible()
    charlie = visit("charlie", "/settings" + mailed_link(visit.house, "charlie@post.example"), width=390, still=True)
    charlie.get_by_role("button", name="Act for Ashdown Studio").click()
    charlie.get_by_role("button", name="More").click()
    more = charlie.locator("#more")
    expect(more.get_by_role("button", name="Ashdown Studio")).to_have_attribute("aria-current", "true")
    assert broken(charlie) == {}
    more.get_by_role("button", name="Crane & Sons").click()
    expect(charlie.locator("#toasts")).to_contain_text("You now act for Crane & Sons.")


@scripts
def test_staff_let_somebody_in(visit: Visitor, javascript: bool) -> None:
    sam = visit("sam", "/desk/", javascript=javascript)
    sam.get_by_role("link", name="See who waits").click()
    sam.get_by_role("link", name="Dora Dahl").click()
    sam.get_by_label("Company").fill("Dahl Books")
    form = sam.locator("form[action$='/customer/']")
    form.get_by_label("Email").fill("office@dahl.example")
    form.get_by_label("Reason").fill("They called, ticket 4")
    form.get_by_role("button").click()
    expect(sam.locator("#toasts")).to_contain_text("Dora Dahl now acts for Dahl Books.")
    expect(sam.get_by_role("main")).not_to_contain_text("Dora Dahl")
    expect(visit("dora", "/settings/customer/", javascript=javascript).locator("h1")).to_have_text("Dahl Books")


@scripts
def test_staff_look_as_a_customer_and_change_nothing(visit: Visitor, javascript: bool) -> None:
    sam = visit("sam", "/desk/customers/?q=crane", javascript=javascript, still=True)
    sam.get_by_role("link", name="View as Crane & Sons").click()
    sam.get_by_label("Reason").fill("They cannot find an invoice, ticket 5")
    sam.get_by_role("button", name="View the portal").click()
    bar = sam.locator(".visit")
    expect(bar).to_contain_text("You see the portal as Crane & Sons sees it")
    if javascript:
        assert broken(sam) == {}
    sam.goto("/settings/customer/")
    sam.get_by_label("Company").fill("Sams Own")
    sam.get_by_role("button", name="Save name and address").click()
    expect(sam.get_by_role("main")).to_contain_text("You are only looking")
    sam.goto("/settings/")
    if javascript:
        sam.get_by_text("Dark", exact=True).click()
        expect(sam.locator("#page-note")).to_contain_text("You are only looking")
    expect(bar).to_be_visible()
    sam.get_by_role("button", name="Stop").click()
    expect(sam.locator("#toasts")).to_contain_text("You are yourself again.")
    expect(bar).to_have_count(0)

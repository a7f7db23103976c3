"""A notice arrives: the bell counts it, a person opens it, and it is read. Staff watch a mail go out."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.house import DATABASE, House
from tests.browser.test_axe import broken
from tests.browser.visit import Visitor

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
ARRIVES = """
INSERT INTO notices (kind, recipient, subject, body_text, body_html, decided_at, user_id, due_at, sent_at, outcome)
SELECT kind, recipient, ?, 'It expires soon.', '<p>It expires soon.</p>', decided_at, user_id, NULL, decided_at, '250 OK'
FROM notices WHERE user_id = (SELECT id FROM users WHERE username = 'alice') LIMIT 1
"""


def write(house: House, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(house.folder / DATABASE, timeout=20)) as database, database:
        database.execute(statement, values)


@scripts
def test_a_notice_arrives_is_counted_opened_and_read(visit: Visitor, javascript: bool) -> None:
    page = visit("alice", "/", javascript=javascript)
    expect(page.get_by_role("link", name="Notices, 1 new")).to_be_visible()
    write(visit.house, ARRIVES, "ashdown-prints.com expires 27 Nov")
    page.reload()
    page.get_by_role("link", name="Notices, 2 new").click()
    row = page.locator(".inbox li", has_text="ashdown-prints.com expires")
    expect(row).to_contain_text("new")
    row.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("ashdown-prints.com expires 27 Nov")
    expect(page.get_by_role("main")).to_contain_text("It expires soon.")
    if not javascript:
        expect(page.get_by_role("link", name="Notices, 2 new")).to_be_visible()
        page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("link", name="Notices, 1 new")).to_be_visible()
    expect(page.locator("#side-unread")).to_have_text("1 new")
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    page.goto("/notices/?show=unread")
    expect(page.locator(".inbox li")).to_have_count(1)


@scripts
def test_notices_are_marked_in_the_list(visit: Visitor, javascript: bool) -> None:
    for number in range(3):
        write(visit.house, ARRIVES, f"Letter {number}")
    page = visit("alice", "/notices/", javascript=javascript, still=True)
    row = page.locator(".inbox li", has_text="Letter 1")
    button = row.get_by_role("button", name="Mark as read")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_count(0)
    expect(page.get_by_role("link", name="Notices, 3 new")).to_be_visible()
    if javascript:
        assert page.evaluate("document.activeElement !== document.body"), "the keyboard would start at the top again"
        assert broken(page) == {}
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notices", exact=True).last).to_be_visible()
    expect(page.locator(".inbox .new")).to_have_count(0)
    expect(page.locator("#side-unread")).to_have_text("")


def test_focus_finds_a_place_when_the_row_it_was_in_went_away(visit: Visitor) -> None:
    page = visit("alice", "/notices/?show=unread")
    page.get_by_role("button", name="Mark as read", exact=False).last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("You have read them all")
    assert page.evaluate("document.activeElement !== document.body")


def test_staff_send_a_test_mail_and_see_it_go(visit: Visitor) -> None:
    page = visit("sam", "/desk/")
    page.get_by_role("link", name="Send a test mail").click()
    page.get_by_label("Address").fill("nobody")
    page.get_by_role("button", name="Send the test mail").click()
    expect(page.get_by_role("alert")).to_contain_text("No mail was sent")
    page.get_by_label("Address").fill("sam@macaw.example")
    page.get_by_role("button", name="Send the test mail").click()
    expect(page.locator("h1")).to_have_text("Mail from Macaw arrives")
    expect(page.locator("#state")).to_contain_text("Waits to be sent")
    taken = (
        "UPDATE notices SET due_at = NULL, sent_at = decided_at, outcome = '250 2.0.0 queued as 7' WHERE kind = 'test'"
    )
    write(visit.house, taken)
    expect(page.locator("#state")).to_contain_text("250 2.0.0 queued as 7")
    assert "hx-trigger" not in page.locator("#state").evaluate("element => element.outerHTML")

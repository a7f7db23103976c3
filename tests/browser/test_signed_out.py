"""A login may end while a page is open. Nothing typed is lost, and the page says what to do."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visit import Visitor


def test_an_ended_login_says_so_and_keeps_what_was_typed(visit: Visitor) -> None:
    page = visit("alice", "/")
    page.context.clear_cookies()
    page.get_by_role("combobox").press_sequentially("half a thought")
    note = page.locator("#page-note [role=alert]")
    expect(note).to_be_visible()
    expect(note).to_contain_text("igned out")
    expect(note.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.locator("#jump")).to_have_value("half a thought")
    assert page.url.endswith("/")


@pytest.mark.parametrize("path", ["/settings/"])
def test_an_ended_login_leaves_a_form_as_it_was(visit: Visitor, path: str) -> None:
    page = visit("alice", path)
    page.context.clear_cookies()
    page.get_by_role("radio", name="Dark").check()
    expect(page.locator("#page-note [role=alert]")).to_be_visible()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


def test_a_broken_line_says_so_and_keeps_what_was_typed(visit: Visitor) -> None:
    page = visit("alice", "/")

    def cut(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/*", cut)
    page.get_by_role("combobox").press_sequentially("half a thought")
    expect(page.locator("#page-note [role=alert]")).to_be_visible()
    expect(page.locator("#jump")).to_have_value("half a thought")
    visit.faults.clear()  # the browser itself complains about the line, as it should


def test_a_failure_of_ours_in_a_part_is_told_in_place(visit: Visitor) -> None:
    page = visit("alice", "/")

    def fail(route: Route) -> None:
        route.continue_(url=f"{visit.house.origin}/provoke/error/")

    page.route("**/jump/**", fail)
    page.get_by_role("combobox").press_sequentially("half a thought")
    note = page.locator("#page-note [role=alert]")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Request id")
    expect(page.locator("#jump")).to_have_value("half a thought")

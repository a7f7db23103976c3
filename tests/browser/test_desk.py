"""The staff's desk under their hands: with htmx in place, without scripts by plain forms."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import broken
from tests.browser.visit import Visitor

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])


def given_up(page: Page) -> int:
    return page.locator("[id^='f-']").count()


@scripts
def test_one_thing_given_up_is_tried_again(visit: Visitor, javascript: bool) -> None:
    page = visit("sam", "/desk/", javascript=javascript)
    before = given_up(page)
    assert before == 2
    page.locator("#f-jobs-1").get_by_role("button", name="Retry").click()
    expect(page.locator("#f-jobs-1")).to_have_count(0)
    expect(page.locator("#toasts .toast")).to_be_visible()
    assert given_up(page) == before - 1
    assert page.url.endswith("/desk/")


@scripts
def test_all_of_a_queue_is_tried_again(visit: Visitor, javascript: bool) -> None:
    page = visit("sam", "/desk/", javascript=javascript)
    page.get_by_role("button", name="Try all of duties again").click()
    expect(page.locator("[id^='f-duties-']")).to_have_count(0)
    expect(page.locator("#f-jobs-1")).to_be_visible()


@scripts
def test_a_long_job_is_resumed_and_cancelled(visit: Visitor, javascript: bool) -> None:
    page = visit("sam", "/desk/", javascript=javascript)
    paused = page.locator("li", has=page.get_by_role("button", name="Resume"))
    name = paused.get_attribute("id")
    page.get_by_role("button", name="Resume").click()
    job = page.locator(f"#{name}")
    expect(job.get_by_role("button", name="Pause")).to_be_visible()
    job.get_by_role("button", name="Cancel the job").click()
    expect(job).to_contain_text("Cancelled")
    expect(job.get_by_role("button")).to_have_count(0)


def test_focus_is_not_lost_when_the_desk_renews_itself(visit: Visitor) -> None:
    page = visit.enter("sam")
    page.clock.install()
    page.goto("/desk/")
    start = page.get_by_role("button", name="Pause").first
    start.focus()
    with page.expect_response("**/desk/"):
        page.clock.run_for(6_000)
    expect(start).to_be_focused()


def test_focus_finds_a_place_when_its_button_went_away(visit: Visitor) -> None:
    page = visit("sam", "/desk/")
    page.locator("#f-jobs-1").get_by_role("button", name="Retry").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f-jobs-1")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body"), "the keyboard would start at the top again"


def test_the_desk_breaks_no_rule_after_an_action(visit: Visitor) -> None:
    page = visit("sam", "/desk/", still=True)
    page.get_by_role("button", name="Try all of duties again").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    assert broken(page) == {}


def test_the_desk_is_not_for_customers(visit: Visitor) -> None:
    page = visit("alice", "/desk/", status=403)
    expect(page.get_by_role("main")).to_contain_text("not_allowed")
    expect(page.get_by_role("link", name="Desk")).to_have_count(0)

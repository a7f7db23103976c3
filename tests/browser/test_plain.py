"""Without JavaScript everything works: real addresses, real forms."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import LOOKS, Look
from tests.browser.visit import Visitor


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_is_whole_without_scripts(visit: Visitor, look: Look) -> None:
    page = visit.look(look, javascript=False)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("main")).to_be_visible()
    if look.view == "states":  # it shows parts, it does not use them
        return
    dead = page.locator("button[type=button]:not([popovertarget]):visible, a[href='#']:visible")
    expect(dead).to_have_count(0)


def test_the_theme_is_chosen_by_a_form(visit: Visitor) -> None:
    page = visit("alice", "/settings/", javascript=False)
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save the theme").click()
    page.wait_for_url("**/settings/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


def test_the_jump_box_is_a_form(visit: Visitor) -> None:
    page = visit("alice", "/", javascript=False)
    box = page.locator("#jump")
    box.fill("settings")
    box.press("Enter")
    page.wait_for_url("**/jump/?q=settings")
    page.get_by_role("main").get_by_role("link", name="Settings").first.click()
    page.wait_for_url("**/settings/")


def test_back_and_forward_show_what_was_there(visit: Visitor) -> None:
    for javascript in (True, False):
        page = visit("alice", "/", javascript=javascript)
        home = page.locator("h1").inner_text()
        page.goto("/help/")
        helped = page.locator("h1").inner_text()
        page.go_back()
        expect(page.locator("h1")).to_have_text(home)
        page.go_forward()
        expect(page.locator("h1")).to_have_text(helped)

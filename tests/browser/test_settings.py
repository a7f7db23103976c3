"""What a person sets for themselves: it acts at once, stays, and never flashes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Scheme, Visitor

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def choose(page: Page, theme: str) -> None:
    page.get_by_role("radio", name=theme).check()
    expect(page.locator("#toasts .toast")).to_be_visible()


def test_a_theme_acts_at_once_and_stays(visit: Visitor) -> None:
    page = visit("alice", "/settings/", still=True)
    light = page.evaluate(BACKGROUND)
    choose(page, "Dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    for path in ("/", "/help/", "/provoke/missing/"):
        page.goto(path)
        assert page.evaluate(BACKGROUND) == dark, path
    page.goto("/settings/")
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


@pytest.mark.parametrize(("scheme", "theme"), [("light", "Dark"), ("dark", "Light")])
def test_the_first_paint_has_the_theme(visit: Visitor, scheme: Scheme, theme: str) -> None:
    """The page arrives with it, so nothing flashes: no script is needed to see it."""
    choose(visit("alice", "/settings/", scheme=scheme), theme)
    page = visit("alice", "/", scheme=scheme, javascript=False)
    expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())


def test_without_a_choice_the_page_follows_the_device(visit: Visitor) -> None:
    page = visit("alice", "/", scheme="light")
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) != light


def test_focus_stays_where_it_was_when_the_page_changes_under_it(visit: Visitor) -> None:
    page = visit("alice", "/settings/")
    dark = page.get_by_role("radio", name="Dark")
    dark.focus()
    page.keyboard.press("Space")
    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(dark).to_be_focused()
    switch = page.get_by_role("switch")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()


def test_shortcuts_can_be_turned_off(visit: Visitor) -> None:
    page = visit("alice", "/settings/")
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).not_to_be_focused()


def test_a_toast_goes_by_itself_but_not_while_looked_at(visit: Visitor) -> None:
    page = visit.enter("alice")
    page.clock.install()
    page.goto("/settings/")
    choose(page, "Dark")
    toast = page.locator("#toasts .toast")
    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(7_000)
    expect(toast).to_have_count(0)

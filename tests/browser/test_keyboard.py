"""All of it by keyboard: nothing is out of reach, and one always sees where one is."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import LOOKS, Look
from tests.browser.visit import Visitor

# What Tab stops at, in the order of the document; a group of radio buttons is one stop.
STOPS = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) =>
  e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({visibilityProperty: true}) &&
  !(e.type === "radio" && document.querySelector(`input[type=radio][name="${e.name}"]:checked`) !== e &&
    document.querySelector(`input[type=radio][name="${e.name}"]:checked`)))"""
HERE = f"{STOPS}.indexOf(document.activeElement)"
SHOWN = """(() => {
  const e = document.activeElement, around = (x) => {
    const style = getComputedStyle(x);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const box = e.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  const ring = around(e) || (e.parentElement && around(e.parentElement)) || [...(e.labels ?? [])].some(around);
  const hidden = y < 0 || y > innerHeight || !(e.contains(top) || top?.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(top)));
  return [ring ? "" : "no ring", hidden ? "covered" : ""].filter(Boolean).map((fault) => e.outerHTML.slice(0, 120) + ": " + fault);
})()"""


def walk(page: Page) -> tuple[list[int], list[str]]:
    """Tab through the page: the stops in the order they come, and those where one cannot see where one is."""
    order, faults = [], []
    for _ in range(page.evaluate(f"{STOPS}.length")):
        page.keyboard.press("Tab")
        order.append(page.evaluate(HERE))
        if seen := page.evaluate(SHOWN):
            page.wait_for_timeout(250)  # a list that was open may be closing above it
            seen = page.evaluate(SHOWN)
        faults += seen
    return order, faults


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_tab_reaches_everything_in_order_and_shows_where_it_is(visit: Visitor, look: Look) -> None:
    page = visit.look(look, still=True)
    order, faults = walk(page)
    assert faults == []
    assert order == list(range(len(order)))


def test_a_lost_ring_would_be_noticed(visit: Visitor) -> None:
    page = visit("", "/help/", still=True)
    page.evaluate(
        "document.querySelectorAll('a').forEach((a) => { a.style.outline = 'none'; a.style.boxShadow = 'none' })"
    )
    assert walk(page)[1]


def test_the_first_stop_skips_to_the_content(visit: Visitor) -> None:
    page = visit("alice", "/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_slash_goes_to_the_jump_box_and_escape_leaves_it(visit: Visitor) -> None:
    page = visit("alice", "/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    box.press_sequentially("help")
    results = page.get_by_role("listbox")
    expect(results).to_be_visible()
    expect(results.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(results).to_be_hidden()


def test_arrows_choose_a_result_and_enter_opens_it(visit: Visitor) -> None:
    page = visit("alice", "/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("e")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option").nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    goal = chosen.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{goal}")


def test_slash_is_a_letter_where_one_types(visit: Visitor) -> None:
    page = visit("alice", "/")
    box = page.get_by_role("combobox")
    box.fill("a")
    page.keyboard.press("/")
    expect(box).to_have_value("a/")


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(visit: Visitor) -> None:
    page = visit("alice", "/", width=390)
    opener = page.get_by_role("button", name="More")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#more")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#more")).to_be_hidden()
    expect(opener).to_be_focused()

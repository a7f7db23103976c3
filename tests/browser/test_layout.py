"""Nothing hangs over the edge, from a small phone to a wide desk."""

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import LOOKS, Look
from tests.browser.visit import Visitor

WIDTHS = (320, 390, 1440, 1920)
WIDEST = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 1)
    .map((e) => e.tagName + "." + (e.className.baseVal ?? e.className)).slice(0, 8).concat("page")"""


def hanging_over(page: Page) -> dict[int, list[str]]:
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(WIDEST, width)
    return {width: elements for width, elements in found.items() if elements}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_fits_every_width(visit: Visitor, look: Look) -> None:
    assert hanging_over(visit.look(look, still=True)) == {}


def test_too_wide_a_thing_would_be_noticed(visit: Visitor) -> None:
    page = visit("", "/help/", still=True)
    page.evaluate("document.querySelector('main').append(document.createElement('canvas'))")
    page.evaluate("document.querySelector('main canvas').width = 1000")
    page.evaluate("document.querySelector('main canvas').style.maxWidth = 'none'")
    assert {320, 390} <= hanging_over(page).keys()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_stands_still_where_motion_is_unwanted(visit: Visitor, look: Look) -> None:
    page = visit.look(look, still=True)
    moving = """[...document.querySelectorAll("*")].filter((e) => {
      const style = getComputedStyle(e);
      return [style.transitionDuration, style.animationDuration].join().split(",").some((t) => parseFloat(t) > 0.01);
    }).map((e) => e.tagName)"""
    assert page.evaluate(moving) == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_shows_in_the_systems_own_colours(visit: Visitor, look: Look) -> None:
    page = visit.look(look, forced_colors=True)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_has_one_heading_one_main_part_and_a_title(visit: Visitor, look: Look) -> None:
    page = visit.look(look)
    assert page.locator("h1").count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.title().endswith("· Macaw")
    assert page.title() != "· Macaw"

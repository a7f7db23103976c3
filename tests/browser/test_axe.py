"""Nobody is shut out: axe finds nothing wrong on any page, wide and narrow, light and dark."""

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import LOOKS, Look
from tests.browser.axe import violations
from tests.browser.house import House
from tests.browser.records import ADMIN_MODELS
from tests.browser.visit import SCHEMES, WIDTHS, Visitor

widths = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())

DJANGOS_OWN: set[str] = set()  # on its change forms; as of now there is nothing that we had to leave


def broken(page: Page) -> dict[str, dict[str, list[str]]]:
    """The broken rules by colour scheme; a scheme without any is left out."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")  # colours may be fading
        found[scheme] = violations(page)
    return {scheme: rules for scheme, rules in found.items() if rules}


@widths
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_breaks_no_rule(visit: Visitor, look: Look, width: int) -> None:
    assert broken(visit.look(look, width=width, still=True)) == {}


@widths
def test_the_admin_index_breaks_no_rule(visit: Visitor, width: int) -> None:
    assert broken(visit("sam", "/admin/", width=width, still=True)) == {}


@widths
@pytest.mark.parametrize("model", ADMIN_MODELS)
def test_a_list_of_the_admin_breaks_no_rule(visit: Visitor, served: House, model: str, width: int) -> None:
    assert broken(visit("sam", served.staged["records"][model]["list"], width=width, still=True)) == {}


@pytest.mark.parametrize("model", ADMIN_MODELS)
def test_a_form_of_the_admin_breaks_only_what_django_breaks(visit: Visitor, served: House, model: str) -> None:
    found = broken(visit("sam", served.staged["records"][model]["form"], still=True))
    assert {scheme: rules for scheme, rules in found.items() if rules.keys() - DJANGOS_OWN} == {}


def test_axe_would_notice(visit: Visitor) -> None:
    page = visit("", "/help/", still=True)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert "image-alt" in violations(page)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name" in violations(page)

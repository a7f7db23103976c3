"""When something fails, a page says what, what about it, and what to do now."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import broken
from tests.browser.test_layout import hanging_over
from tests.browser.urls import FAULTS
from tests.browser.visit import Visitor

ANSWERS = {code: fault.status for code, fault in FAULTS.items()} | {"error": 500}


@pytest.mark.parametrize("code", ANSWERS)
@pytest.mark.parametrize(
    ("who", "where"), [("alice", "/provoke"), ("alice", "/provoke/public"), ("", "/provoke/public")]
)
def test_an_error_is_a_page_in_words(visit: Visitor, who: str, where: str, code: str) -> None:
    page = visit.enter(who, still=True)
    answer = page.goto(f"{where}/{code}/")
    assert answer is not None
    assert answer.status == ANSWERS[code]
    assert answer.headers["cache-control"] == "no-store"
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("main")).to_contain_text(code)
    expect(page.get_by_role("main")).to_contain_text(answer.headers["x-request-id"])
    assert "Traceback" not in page.content()
    assert hanging_over(page) == {}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("code", ANSWERS)
def test_an_error_breaks_no_rule(visit: Visitor, code: str, width: int) -> None:
    assert broken(visit("alice", f"/provoke/{code}/", width=width, still=True, status=ANSWERS[code])) == {}


def test_too_often_says_how_long_to_wait(visit: Visitor) -> None:
    page = visit.enter("alice")
    answer = page.goto("/provoke/too_many/")
    assert answer is not None
    assert answer.headers["retry-after"] == "90"
    expect(page.get_by_role("main")).to_contain_text("90 seconds")


def test_an_address_that_is_not_there_says_so(visit: Visitor) -> None:
    page = visit("alice", "/no/such/page/", status=404)
    expect(page.get_by_role("main")).to_contain_text("missing")
    page.get_by_role("main").get_by_role("link").first.click()
    page.wait_for_url("**/")

"""The security policy is enforced in a real browser, and the harness hears of every breach and of every missing part.

It listens in the page itself: Chromium posts reports to a `report-to` endpoint over https alone, and here is none.
"""

from playwright.sync_api import Browser

from tests.browser.house import House
from tests.browser.visit import visiting

ADD = """([kind, facts]) => document.body.append(Object.assign(document.createElement(kind), facts))"""


def test_a_breach_would_be_heard(browser: Browser, served: House) -> None:
    with visiting(browser, served) as visitor:
        page = visitor("", "/help/")
        assert visitor.faults == []
        page.evaluate(ADD, ["script", {"textContent": "window.x = 1"}])
        page.evaluate(ADD, ["style", {"textContent": "p {color: red}"}])
        page.evaluate(ADD, ["img", {"src": "http://127.0.0.1:9/x.png"}])
        page.wait_for_timeout(200)
        assert page.evaluate("window.x") is None
        told = " ".join(visitor.faults)
        assert [rule for rule in ("script-src", "style-src", "img-src") if f"policy: {rule}" not in told] == []


def test_a_missing_part_and_a_failing_script_would_be_heard(browser: Browser, served: House) -> None:
    with visiting(browser, served) as visitor:
        page = visitor("", "/help/")
        page.evaluate(ADD, ["img", {"src": "/static/no-such.png"}])
        page.evaluate("setTimeout(() => { throw new Error('planted') })")
        for _ in range(50):
            page.wait_for_timeout(100)
            told = " ".join(visitor.faults)
            if "404" in told and "planted" in told:
                return
        raise AssertionError(told)

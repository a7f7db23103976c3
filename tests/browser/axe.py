"""Asks axe what is wrong with a page, through the debugger, where the page's own security policy does not apply."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"


@cache
def _source() -> str:
    return SOURCE.read_text()


def violations(page: Page) -> dict[str, list[str]]:
    """The rules the page breaks, each with the elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # It would read style sheets by way of inline styles, which the policy refuses; only a rule on locked orientation needs that.
    options = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False}
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return {
        rule["id"]: [f"{node['target']}: {node['failureSummary']}" for node in rule["nodes"]]
        for rule in found["violations"]
    }

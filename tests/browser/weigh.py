"""How heavy each page is, measured in the browser: python -m tests.browser.weigh prints the table."""

import gzip
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from playwright.sync_api import Page, Response

from tests.browser import chromium, house
from tests.browser.addresses import LOOKS, Look
from tests.browser.visit import Visitor, visiting

WATCH = """window.seen = {shift: 0, paint: 0};
new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) seen.shift += e.value; }))
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => { seen.paint = list.getEntries().at(-1).startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});"""
SETTLED = 250  # milliseconds after loading in which a page may still shift


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes as gzip would send them, requests of a first view, elements, layout shift, and the largest paint in ms."""

    html: int
    css: int
    js: int
    fonts_and_icons: int
    requests: int
    nodes: int
    shift: float
    paint: float


def sent(response: Response) -> int:
    """The body as compressed; a font is compressed already, so it counts as it is."""
    body = response.body()
    return len(body) if response.request.resource_type == "font" else len(gzip.compress(body, 9))


def weigh(visit: Visitor, look: Look, path: str, width: int = 1440) -> Weight:
    page: Page = visit.enter(look.who, width=width)
    page.add_init_script(WATCH)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # Playwright cannot mark a built-in
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(SETTLED)
    sums = {"document": 0, "stylesheet": 0, "script": 0, "font": 0, "image": 0, "other": 0}
    for answer in answers:
        kind = answer.request.resource_type
        sums[kind if kind in sums else "other"] += sent(answer)
    seen = page.evaluate("seen")
    return Weight(
        html=sums["document"],
        css=sums["stylesheet"],
        js=sums["script"],
        fonts_and_icons=sums["font"] + sums["image"] + sums["other"],
        requests=len(answers),
        nodes=page.evaluate("document.querySelectorAll('*').length"),
        shift=round(seen["shift"], 4),
        paint=round(seen["paint"]),
    )


def table() -> Iterator[str]:
    names = [field.name for field in fields(Weight)]
    yield f"{'page':<28}" + "".join(f"{name:>17}" for name in names)
    with tempfile.TemporaryDirectory() as folder:
        house.build(Path(folder) / "built")
        with house.serving(Path(folder) / "built") as served, chromium.opened() as browser:
            for look in LOOKS:
                with visiting(browser, served) as visit:
                    weight = weigh(visit, look, served.staged["paths"][look.view])
                yield f"{look!s:<28}" + "".join(f"{getattr(weight, name):>17}" for name in names)


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(f"{line}\n")

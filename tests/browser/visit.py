"""A person in front of a page: opens it in the size, colours and abilities asked for, and notes every fault it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.browser.addresses import Look
from tests.browser.house import House

Scheme = Literal["light", "dark"]
WIDTHS = {"desktop": 1440, "mobile": 390}
HEIGHTS = {1440: 900, 390: 844, 320: 640, 1920: 1080}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
BROKEN = 400

# Chromium writes a console line for each answer of 400 and above; whether that answer is a fault is judged by `answered`.
EXPECTED = "Failed to load resource"
LISTEN = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile);
});"""


class Visitor:
    """Opens pages as one of the cast; `faults` holds what no page may ever show."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser = browser
        self.house = house
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    def __call__(
        self,
        who: str,
        path: str,
        *,
        width: int = 1440,
        scheme: Scheme = "light",
        javascript: bool = True,
        still: bool = False,
        forced_colors: bool = False,
        status: int = 200,
    ) -> Page:
        page = self.enter(
            who, width=width, scheme=scheme, javascript=javascript, still=still, forced_colors=forced_colors
        )
        answer = page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path} for {who or 'nobody'}"
        return page

    def look(self, look: Look, **modes: Any) -> Page:
        """One page of the table, as the person it names."""
        return self(look.who, self.house.staged["paths"][look.view], status=look.status, **modes)

    def enter(
        self,
        who: str,
        *,
        width: int = 1440,
        scheme: Scheme = "light",
        javascript: bool = True,
        still: bool = False,
        forced_colors: bool = False,
    ) -> Page:
        """An empty page of `who` ("" for nobody), in a browser profile of its own."""
        context = self.browser.new_context(
            base_url=self.house.origin,
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce" if still else "no-preference",
            forced_colors="active" if forced_colors else "none",
            has_touch=width < 1000,  # phones and tablets
            is_mobile=width < 1000,
        )
        self._contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(LISTEN)
        context.on("console", self._wrote)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("response", self._answered)
        if who:
            cookie = {"name": self.house.staged["cookie_name"], "value": self.house.staged["cookies"][who]}
            context.add_cookies([{**cookie, "url": self.house.origin}])  # type: ignore[typeddict-item]  # name, value, url
        return context.new_page()

    def _wrote(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.faults.append(f"console {message.type}: {message.text} ({message.location})")

    def _answered(self, response: Response) -> None:
        """A page may be refused; what a page is made of may not be missing, nor come from elsewhere."""
        part = response.request.resource_type not in {"document", "fetch", "xhr"}
        if part and response.status >= BROKEN:
            self.faults.append(f"{response.status} {response.url}")
        if not response.url.startswith((self.house.origin, "data:")):
            self.faults.append(f"foreign request: {response.url}")

    def leave(self) -> None:
        while self._contexts:
            self._contexts.pop().close()


@contextmanager
def visiting(browser: Browser, house: House) -> Iterator[Visitor]:
    visitor = Visitor(browser, house)
    try:
        yield visitor
    finally:
        visitor.leave()

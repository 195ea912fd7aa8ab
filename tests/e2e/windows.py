"""A browser that looks at the pages as a person does, and tells of everything that goes wrong in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from tests.running import REPOSITORY

#: What finds obstacles for people who see, hear or move differently; its own words, in the page.
AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"

#: Its rules for WCAG 2.2, levels A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Waits for what fades in, whose colours are between two; what turns for ever is not waited for.
SETTLED = """Promise.all(document.getAnimations()
  .filter((each) => each.effect.getTiming().iterations !== Infinity)
  .map((each) => each.finished.catch(() => null)))"""

#: What stands for something that was asked for.
UNDER_WAY = ".blank, [aria-busy=true]"

#: Longest that a page may take to show what is waited for, milliseconds: machines of tests are busy.
PATIENCE = 30_000

expect.set_options(timeout=PATIENCE)

Theme = Literal["light", "dark"]


@dataclass
class Window:
    """A page of the browser, and what it complained of.

    Attributes:
        wrongs: errors of scripts and of the console, and requests to anywhere else.
        forgiven: beginnings of complaints that were meant to happen: the path, a colon, what was said.
    """

    page: Page
    base: str
    wrongs: list[str] = field(default_factory=list)
    forgiven: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrongs.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)

    def go(self, address: str) -> Page:
        """Open an address and wait for its heading."""
        self.page.goto(self.base + address)
        expect(self.page.locator("h1, h2").first, f"the heading of {address}").to_be_visible()
        return self.page

    def rested(self) -> Page:
        """Wait until nothing is a placeholder of what is still to come."""
        expect(self.page.locator(UNDER_WAY), f"placeholders on {self.page.url}").to_have_count(0)
        return self.page

    def obstacles(self) -> list[str]:
        """What axe finds in what is shown now: the rule, and the first element that breaks it."""
        self.page.evaluate(SETTLED)
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]

    def _said(self, message: ConsoleMessage) -> None:
        said = f"{urlsplit(self.page.url).path}: {message.text}"
        if message.type == "error" and not said.startswith(self.forgiven):
            self.wrongs.append(said)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(self.base):
            self.wrongs.append(f"asked elsewhere: {request.url}")


@contextmanager
def window(
    browser: Browser, base: str, theme: Theme = "light", forgiven: tuple[str, ...] = (), **options: Any
) -> Iterator[Window]:
    """Open a window on an application; at the end nothing may have gone wrong in it."""
    context = browser.new_context(
        color_scheme=theme, **{"viewport": {"width": 1280, "height": 800}, **options}
    )
    try:
        opened = Window(context.new_page(), base, forgiven=forgiven)
        yield opened
        assert not opened.wrongs, "\n".join(opened.wrongs)
    finally:
        context.close()

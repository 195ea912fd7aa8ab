"""What a person does in the pages: opens them, turns the wheel, drags the line of time, goes to the end."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Response, ViewportSize

from benchmarks.web.watching import SCRIPT, watching

#: Size of the window, pixels.
WINDOW = ViewportSize(width=1366, height=850)

#: Longest wait for anything to be seen, seconds.
LONGEST = 30

#: Pixels of a turn of the wheel, and of one that rushes.
TURN, RUSH = 300, 6000

#: A page in which nothing is to be done but scroll: the floor.
EMPTY = (
    "data:text/html,<style>div{height:8000000px;background:linear-gradient(%23fff,%23888)}</style><div></div>"
)

#: Whether the thumbnail of a content is in the window, whole.
_IS_SEEN = """(sha256) => [...document.images].some((image) => {
  if (!image.src.includes(sha256) || !image.complete || image.naturalWidth === 0) return false;
  const { top, bottom } = image.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
})"""

Numbers = dict[str, float]


@dataclass(frozen=True)
class Window:
    """A page of the browser, and what is done with it."""

    browser: Browser
    page: Page
    seconds: float

    def wheel(self, pixels: int) -> Numbers:
        """Turn the wheel over the first thumbnail for some seconds."""
        box = self.page.locator("img[src*=thumbnail]").first.bounding_box(timeout=LONGEST * 1000)
        across, down = (box["x"] + box["width"] / 2, box["y"]) if box else (0, 0)
        self.page.mouse.move(across, max(down, WINDOW["height"] / 2))
        return self.turns(pixels)

    def turns(self, pixels: int) -> Numbers:
        """Turn the wheel where the mouse is for some seconds."""
        return self._for_seconds(lambda _: self.page.mouse.wheel(0, pixels))

    def keys(self, key: str) -> Numbers:
        """Press a key again and again for some seconds."""
        return self._for_seconds(lambda _: self.page.keyboard.press(key))

    def drag(self, name: str) -> Numbers:
        """Drag a slider from its begin to its end, and half-way back."""
        box = self.page.get_by_role("slider", name=name).bounding_box(timeout=LONGEST * 1000)
        if box is None:
            raise LookupError(f"There is no slider {name!r} to be seen.")
        across, top, length = box["x"] + box["width"] / 2, box["y"] + 4, box["height"] - 8
        self.page.mouse.move(across, top)
        self.page.mouse.down()
        try:
            return self._for_seconds(lambda share: self.page.mouse.move(across, top + length * share))
        finally:
            self.page.mouse.up()

    def press(self, key: str, seen: str) -> Numbers:
        """Press a key, and wait until the thumbnail of a content can be seen: `seen_ms`."""
        with watching(self.browser, self.page) as watched:
            began = time.perf_counter()
            self.page.keyboard.press(key)
            _until(self.page, f"({_IS_SEEN})({seen!r})")
            spent = time.perf_counter() - began
            self.page.wait_for_timeout(300)
        return {"seen_ms": round(spent * 1000, 1), **watched.summary()}

    def _for_seconds(self, act: Callable[[float], None]) -> Numbers:
        """Do something again and again; `act` is told which share of the time has gone."""
        with watching(self.browser, self.page) as watched:
            began = time.perf_counter()
            while (gone := (time.perf_counter() - began) / self.seconds) < 1:
                act(gone)
                self.page.wait_for_timeout(16)
        return watched.summary()


def opened(browser: Browser, url: str, seconds: float) -> tuple[Window, Numbers]:
    """Open a page in a fresh profile: the window, and what it took until the first thumbnail was shown."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script(SCRIPT)
    programs: dict[str, int] = {}
    page.on("response", lambda response: _weigh(response, programs))
    with watching(browser, page) as watched:
        page.goto(url)
        shown = _until(page, "window.watched.thumbnail")
        page.wait_for_timeout(500)
    weight = sum(programs.values()) / 1000
    told = {"first_thumbnail_ms": round(shown, 1), "programs_kb_gzipped": round(weight, 1)}
    return Window(browser, page, seconds), {**told, **watched.summary()}


def floor(browser: Browser, seconds: float) -> Numbers:
    """The same wheel on a page with nothing in it."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script(SCRIPT)
    page.goto(EMPTY)
    page.mouse.move(WINDOW["width"] / 2, WINDOW["height"] / 2)
    found = Window(browser, page, seconds).turns(TURN)
    page.context.close()
    return found


def _until(page: Page, expression: str) -> float:
    """Wait until an expression is true, and answer it; asked from outside, since the pages allow no `eval`.

    Raises:
        TimeoutError: it never was.
    """
    began = time.perf_counter()
    while not (found := page.evaluate(expression)):
        if time.perf_counter() - began > LONGEST:
            raise TimeoutError(f"Not seen within {LONGEST} s: {expression}")
        page.wait_for_timeout(10)
    return float(found)


def _weigh(response: Response, programs: dict[str, int]) -> None:
    if response.request.resource_type in ("document", "script", "stylesheet"):
        programs[response.url] = len(gzip.compress(response.body(), 9))

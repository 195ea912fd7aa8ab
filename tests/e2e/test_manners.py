"""Every page, in both themes, wide and narrow: no obstacle, no error, nothing asked elsewhere."""

from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser
from tests.e2e.conftest import Up
from tests.e2e.windows import Theme, window
from tests.waiting import PATIENCE

from pinakes.services.pages.routes import ADDRESSES

#: What browsers log themselves of answers that the pages expect: no map is made yet, and the game has none.
EXPECTED = ("/map: Failed to load", "/game: Failed to load")

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 2560, "height": 1300}

#: Keeps the greatest width, in any frame, of what did not fit the window; 0 when all did.
WATCHED = """window.tooWide = 0;
const look = () => {
  const width = document.documentElement?.scrollWidth ?? 0;
  if (width > window.innerWidth) window.tooWide = Math.max(window.tooWide, width);
  requestAnimationFrame(look);
};
look();"""

opened = partial(window, forgiven=EXPECTED)


def pages(demo: Up) -> list[str]:
    """Every page as it opens, one review, its rules, one search and one picture."""
    review = f"/duplicates/{demo.review}"
    month = httpx.get(f"{demo.url}/api/v1/timeline/2024-05", trust_env=False, timeout=PATIENCE).json()
    picture = f"/library?picture={month['assets'][0]}"
    return [*(f"/{name}" for name in ADDRESSES), review, f"{review}/rules", "/search?q=type:png", picture]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_an_obstacle(browser: Browser, demo: Up, theme: Theme) -> None:
    with opened(browser, demo.url, theme) as seen:
        found = {page: seen.go(page) and seen.obstacles() for page in pages(demo)}
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_no_page_is_wider_than_the_window(browser: Browser, demo: Up, size: dict[str, int]) -> None:
    with opened(browser, demo.url, viewport=size) as seen:
        seen.page.add_init_script(WATCHED)
        wide = {page: seen.go(page) and seen.rested().evaluate("tooWide") for page in pages(demo)}
    assert {page: width for page, width in wide.items() if width} == {}


def test_every_page_has_one_heading_and_a_name(browser: Browser, demo: Up) -> None:
    with opened(browser, demo.url) as seen:
        told = {page: (seen.go(page).locator("h1").count(), seen.page.title()) for page in pages(demo)}
    assert {page: headings for page, (headings, _) in told.items() if headings != 1} == {}
    assert [page for page, (_, title) in told.items() if not title.endswith("Pinakes")] == []

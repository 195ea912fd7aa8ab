"""Every page, in both themes, wide and narrow: no obstacle, no error, nothing asked elsewhere."""

import pytest
from playwright.sync_api import Browser
from tests.e2e.conftest import Up
from tests.e2e.windows import Theme, window

from pinakes.services.pages.routes import ADDRESSES

#: Pages that are looked at as they open; a review is one more.
PAGES = tuple(f"/{name}" for name in ADDRESSES)

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 2560, "height": 1300}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_an_obstacle(browser: Browser, demo: Up, theme: Theme) -> None:
    with window(browser, demo.url, theme) as opened:
        found = {page: opened.go(page) and opened.obstacles() for page in PAGES}
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_no_page_is_wider_than_the_window(browser: Browser, demo: Up, size: dict[str, int]) -> None:
    with window(browser, demo.url, viewport=size) as opened:
        wide = [page for page in PAGES if _overflows(opened.go(page))]
    assert wide == []


def test_every_page_has_one_heading_and_a_name(browser: Browser, demo: Up) -> None:
    with window(browser, demo.url) as opened:
        told = {page: (opened.go(page).locator("h1").count(), opened.page.title()) for page in PAGES}
    assert {page: count for page, (count, _) in told.items() if count != 1} == {}
    assert [page for page, (_, title) in told.items() if not title.endswith("Pinakes")] == []


def _overflows(page: object) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))  # type: ignore[attr-defined]

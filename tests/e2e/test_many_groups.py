"""A review of a hundred thousand groups opens, is walked to its end and taken up again where it was left."""

import re
from collections.abc import Iterator

import httpx
import pytest
from benchmarks.web import library
from benchmarks.web.server import served
from playwright.sync_api import Browser, expect
from tests.e2e.windows import window
from tests.waiting import PATIENCE

from pinakes.services.pages.routes import BUILT

GROUPS = 100_000


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over a made-up library with that review."""
    place = tmp_path_factory.mktemp("many")
    state, photos = place / "state", place / "photos"
    library.make(state, photos, pictures=20_000, groups=GROUPS)
    with served(state, photos, BUILT) as url:
        yield url


def name_of(url: str, place: int) -> str:
    """The name of a group, by which the address tells it; places count from 1."""
    path = f"{url}/api/v1/reviews/{library.REVIEW}/groups?offset={place - 1}&limit=1"
    return str(httpx.get(path, trust_env=False, timeout=PATIENCE).json()["groups"][0]["id"])


def test_all_groups_can_be_reached_and_the_place_is_kept(browser: Browser, application: str) -> None:
    with window(browser, application) as seen:
        page = seen.go(f"/duplicates/{library.REVIEW}")
        expect(page.get_by_role("heading", name="100,000 groups left")).to_be_visible()
        expect(page.get_by_text("of 100,000", exact=True)).to_be_visible()
        place = page.get_by_role("textbox", name="Go to a group")
        expect(place).to_have_value("1")
        page.keyboard.press("j")
        expect(place).to_have_value("2")
        page.keyboard.press("End")
        expect(place).to_have_value(str(GROUPS))
        place.fill("41233")
        place.press("Enter")
        expect(place).to_have_value("41233")
        expect(page).to_have_url(re.compile(name_of(application, 41233)))
        expect(page.get_by_role("article")).to_be_visible()
        page.reload()
        expect(page.get_by_role("textbox", name="Go to a group")).to_have_value("41233")
        assert page.locator("li, [role=option], [role=listitem]").count() < 500, (
            "only what is in sight is drawn"
        )

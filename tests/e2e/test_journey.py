"""The whole way: an empty library, its pictures, a decision about copies, taken back, and a search."""

import re
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import up
from tests.e2e.windows import window
from tests.waiting import until


def visit(page: Page, name: str) -> None:
    """Go to a page as a person does: by the header, or behind "More"."""
    link = page.get_by_role("banner").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        page.get_by_role("button", name="More", exact=True).click()
    link.click()


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_from_an_empty_state_to_a_decision_taken_back_and_a_search(
    browser: Browser, demo_library: Path, tmp_path: Path
) -> None:
    photos = Path(shutil.copytree(demo_library, tmp_path / "Photos"))
    before = files(photos)
    with up(tmp_path, photos) as running, window(browser, running.url) as seen:
        page = seen.go("/work")
        expect(page.get_by_role("heading", name=re.compile("Ingestion of Photos"))).to_be_visible()
        until(running.rested, "the ingestion")

        visit(page, "Library")
        expect(page.get_by_text("24 pictures")).to_be_visible()

        visit(page, "Duplicates")
        page.get_by_role("button", name="Find duplicates").click()
        expect(page.get_by_role("heading", name=re.compile("6 groups left"))).to_be_visible(timeout=120_000)

        page.get_by_role("button", name=re.compile("^Keep 1, move 3 to the trash")).click()
        expect(page.get_by_role("heading", name=re.compile("5 groups left"))).to_be_visible()
        gone = until(lambda: before - files(photos), "the move to the trash")
        assert len(gone) == 3

        visit(page, "Trash")
        for path in gone:
            expect(page.get_by_text(Path(path).name).first).to_be_visible()

        visit(page, "Journal")
        expect(page.get_by_text("moved 3 files to the trash")).to_be_visible()
        page.get_by_role("button", name=re.compile("Take it back")).first.click()
        page.get_by_role("dialog").get_by_role("button", name=re.compile("Put|Take")).last.click()
        until(lambda: files(photos) == before, "the return of the files")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()

        visit(page, "Search")
        box = page.get_by_role("combobox")
        box.fill("type:tiff")
        box.press("Enter")
        expect(page.get_by_text("1 hit", exact=True)).to_be_visible()
        assert "q=type" in page.url
        page.reload()
        expect(page.get_by_text("1 hit", exact=True)).to_be_visible()

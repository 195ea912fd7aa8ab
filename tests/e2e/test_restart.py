"""The application is killed while a page follows its work: the page comes back, and the work is done."""

import os
import shutil
import signal
from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.commands import command_of, descendants
from tests.e2e.conftest import Up, up
from tests.e2e.windows import window
from tests.waiting import until


def application(running: Up) -> int:
    below = descendants(running.supervisor.pid)
    return next(pid for pid in below if "serve application" in command_of(pid))


def test_a_page_survives_the_death_of_the_application(
    browser: Browser, demo_library: Path, tmp_path: Path
) -> None:
    photos = Path(shutil.copytree(demo_library, tmp_path / "Photos"))
    forgiven = ("/work: Failed to load resource", "/library: Failed to load resource")
    with up(tmp_path, photos) as running, window(browser, running.url, forgiven=forgiven) as seen:
        page = seen.go("/work")
        os.kill(application(running), signal.SIGKILL)
        running.supervisor.says("The application service is back.")
        until(running.rested, "the ingestion that was begun anew")

        expect(page.get_by_text("Connection lost")).to_be_hidden()
        expect(page.get_by_text("Ingestion of Photos")).to_be_visible()
        expect(page.get_by_text("Nothing is being done now.")).to_be_visible()
        page.get_by_role("link", name="Library", exact=True).click()
        expect(page.get_by_text("24 pictures")).to_be_visible()

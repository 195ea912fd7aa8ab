"""Photographs the demo library for the documentation: the report, and the pages in a headless Chromium.

Run: python -m tools.screenshots [NAME …]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from pinakes.blobs.local import LocalBlobStore
from pinakes.cli.html_report import render
from tools import browser, demo

_ROOT = Path(__file__).resolve().parent.parent

#: Where the demo library seems to lie in the pictures, so that no one's own folder is shown.
SHOWN_AS = "/home/ada/Photos"

#: Colours kept, so that the files stay small.
COLOURS = 192

#: Puts one text in the place of another wherever the page shows it.
RENAME = """([old, shown]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(old, shown);
}"""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: an address (`{review}` is the review's), what is done there, and the window."""

    name: str
    address: str
    clicks: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    theme: str = "light"
    width: int = 1280
    height: int = 800


SHOTS = (
    Shot("library", "/library"),
    Shot("review", "/duplicates/{review}"),
    Shot("compare", "/duplicates/{review}?tier=copy", keys=("c",)),
    Shot("search", "/search?q=type:jpg"),
    Shot("map", "/map"),
    Shot("work", "/work"),
)


def main(names: Sequence[str]) -> int:
    """Make all pictures, or those named; returns the exit status."""
    chromium = browser.find()
    if chromium is None:
        sys.stdout.write("Pictures need Chromium; on Debian: apt-get install chromium\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = demo.make_library(Path(folder))
        launched = playwright.chromium.launch(executable_path=chromium, args=list(browser.FLAGS))
        if not names or "report" in names:
            page = launched.new_page(viewport={"width": 1280, "height": 1500})
            page.goto(_report(library, Path(folder)).as_uri())
            _keep(page, "report")
        with demo.application(library, Path(folder)) as url:
            review = demo.reviewed(url)
            for shot in SHOTS:
                if not names or shot.name in names:
                    size: Any = {"width": shot.width, "height": shot.height}
                    scheme: Any = shot.theme
                    page = launched.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
                    _open(page, url + shot.address.format(review=review), shot)
                    page.evaluate(RENAME, [str(library), SHOWN_AS])
                    _keep(page, shot.name)
        launched.close()
    return 0


def _open(page: Page, address: str, shot: Shot) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    for selector in shot.clicks:
        page.locator(selector).first.click()
    for key in shot.keys:
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)


def _keep(page: Page, name: str) -> None:
    target = _ROOT / "docs" / "images" / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)
    with Image.open(target) as shot:
        shot.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    sys.stdout.write(f"written: {target.relative_to(_ROOT)}, {target.stat().st_size / 1000:.0f} kB\n")


def _report(library: Path, folder: Path) -> Path:
    state = folder / "report-state"
    command = [sys.executable, "-m", "pinakes", "duplicates", str(library), "--state", str(state)]
    answer = subprocess.run([*command, "--format", "json"], check=True, capture_output=True, text=True).stdout
    result = json.loads(answer.replace(str(library), SHOWN_AS))
    page = folder / "report.html"
    page.write_text("".join(render(result, LocalBlobStore(state / "thumbnails").get)), "ascii")
    return page


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Writes the pictures of the README: the report of the demo library, photographed by a headless Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from pinakes.blobs.local import LocalBlobStore
from pinakes.cli.html_report import render

_ROOT = Path(__file__).resolve().parent.parent

#: Where the demo library seems to lie in the picture, so that no one's own folder is shown.
_SHOWN_AS = "/home/ada/Photos"

#: Size of the window, CSS pixels, and colours kept, so that the file stays small.
_WINDOW, _COLOURS = (1280, 1500), 192


def main() -> int:
    """Make the pictures; returns the exit status."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.stdout.write("Pictures need Chromium; on Debian: apt-get install chromium\n")
        return 1
    target = _ROOT / "docs" / "images" / "report.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = _report(Path(folder))
        _photograph(browser, page, Path(folder) / "shot.png")
        with Image.open(Path(folder) / "shot.png") as shot:
            shot.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
    sys.stdout.write(f"written: {target.relative_to(_ROOT)}, {target.stat().st_size / 1000:.0f} kB\n")
    return 0


def _report(folder: Path) -> Path:
    library, state = folder / "Photos", folder / "state"
    sys.path.insert(0, str(_ROOT / "examples"))
    from demo_library import make  # type: ignore[import-not-found]  # beside its example, no package

    make(library)
    command = [sys.executable, "-m", "pinakes", "duplicates", str(library), "--state", str(state)]
    answer = subprocess.run([*command, "--format", "json"], check=True, capture_output=True, text=True).stdout
    result = json.loads(answer.replace(str(library), _SHOWN_AS))
    page = folder / "report.html"
    page.write_text("".join(render(result, LocalBlobStore(state / "thumbnails").get)), "ascii")
    return page


def _photograph(browser: str, page: Path, target: Path) -> None:
    width, height = _WINDOW
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
        "--disable-background-networking --disable-component-update --disable-sync"
    ).split()
    subprocess.run(
        [browser, *options, f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )


if __name__ == "__main__":
    sys.exit(main())

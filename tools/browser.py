"""Finds Chromium, in which the pages are tested and photographed; installs it from Debian's packages.

Run: python -m tools.browser
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Names under which systems have it.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Without a screen, alone in its sandbox of a container, and quiet: it asks nothing of anybody.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
)

#: Longest time that its installation may take, seconds.
LONGEST = 600


def find() -> Path | None:
    """Where Chromium is, or None."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return None if found is None else Path(found)


def main() -> int:
    """Install it unless it is there; where that cannot be done, say how, since all else works without."""
    if find() is not None:
        return 0
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.stdout.write("Chromium is not here, so the pages are not tested in a browser. On Debian: ")
        sys.stdout.write("sudo apt-get install chromium\n")
        return 0
    sys.stdout.write("Installing Chromium from Debian's packages, to test the pages in …\n")
    sys.stdout.flush()
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "--yes", "--no-install-recommends", "-qq", "chromium", "fonts-dejavu-core"]
    if _run(install, quiet) != 0:  # the lists may be old, or not there at all
        _run([apt, "update", "-qq"], quiet)
        _run(install, quiet, shown=True)  # without it, the tests in a browser say that they lack it
    return 0


def _run(command: list[str], environment: dict[str, str], *, shown: bool = False) -> int:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        sys.stdout.write(f"{' '.join(command[:2])} took longer than {LONGEST} s and was ended.\n")
        return 1
    if shown and done.returncode != 0:
        sys.stdout.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

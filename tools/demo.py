"""The demo library behind real services, ready to be looked at."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_ROOT = Path(__file__).resolve().parent.parent

#: Longest time the library may take to be ready, seconds.
PATIENCE = 180.0

#: Every kind of duplicates.
TIERS = ("bytes", "pixels", "hash", "copy", "similar")


def make_library(folder: Path) -> Path:
    """Make the demo library below a folder."""
    sys.path.insert(0, str(_ROOT / "examples"))
    from demo_library import make  # type: ignore[import-not-found]  # beside its example, no package

    library = folder / "Photos"
    make(library)
    return library


@contextmanager
def application(library: Path, folder: Path) -> Iterator[str]:
    """Run `pinakes up` on the library until the block ends; gives the address of the pages."""
    options = ("--port", "0", "--inference-port", "0", "--no-browser", "--state", str(folder / "state"))
    command = [sys.executable, "-m", "pinakes", "up", str(library), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.match(r"application +(http\S+)", line):
                    yield found[1]
                    break
        finally:
            process.terminate()
            process.communicate(timeout=60)


def reviewed(url: str) -> str:
    """Find the duplicates of everything and lay out the map; gives the review's name."""
    _rested(url)
    review = httpx.post(f"{url}/api/v1/reviews", json={"tiers": TIERS}, trust_env=False)
    httpx.post(f"{url}/api/v1/map", json={}, trust_env=False)
    _rested(url)
    return str(review.raise_for_status().json()["id"])


def _rested(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        jobs = httpx.get(f"{url}/api/v1/jobs", trust_env=False).json()["jobs"]
        if jobs and not any(job["state"] in ("queued", "running") for job in jobs):
            return
        time.sleep(0.3)
    raise TimeoutError("The demo library did not get ready.")

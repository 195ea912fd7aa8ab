"""The demo library behind real services, and a real browser before them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.commands import Started, started
from tests.e2e.windows import AXE
from tests.waiting import PATIENCE, until
from tools import browser as chromium

from pinakes.services.pages.routes import BUILT


def _absent(what: str, remedy: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; {remedy}")
    pytest.skip(f"{what}; {remedy}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a screen; while it runs, nothing else in this thread can run an event loop."""
    found = chromium.find()
    if found is None:
        _absent("there is no Chromium", "make browser")
    if not (BUILT / "index.html").is_file() or not AXE.is_file():
        _absent("the pages are not built", "make pages")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(chromium.FLAGS))
        yield launched
        launched.close()


@dataclass(frozen=True)
class Up:
    """Running services: the address of the application, and the supervisor."""

    url: str
    supervisor: Started
    state: Path
    photos: Path
    review: str = ""

    def jobs(self) -> list[dict[str, object]]:
        """All jobs, newest first."""
        told = httpx.get(f"{self.url}/api/v1/jobs", trust_env=False, timeout=PATIENCE).json()
        found: list[dict[str, object]] = told["jobs"]
        return found

    def rested(self) -> bool:
        """Whether there is a job, and none that waits or runs."""
        states = [job["state"] for job in self.jobs()]
        return bool(states) and not {"queued", "running"} & set(states)


@contextmanager
def up(place: Path, photos: Path, *options: str, **environment: str) -> Iterator[Up]:
    """Start `pinakes up` on a folder with a state of its own; it is ended with the block."""
    ports = ("--port", "0", "--inference-port", "0", "--no-browser")
    arguments = ("up", photos, *ports, "--state", place / "state", *options)
    with started(place, *arguments, environment=environment) as running:
        url = running.says(r"^application +(http\S+)$")[1]
        yield Up(url, running, place / "state", photos)


@pytest.fixture(scope="module")
def demo(demo_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The demo library, ingested, with its duplicates found."""
    place = tmp_path_factory.mktemp("up")
    photos = Path(shutil.copytree(demo_library, place / "Photos"))
    with up(place, photos) as running:
        until(running.rested, "the ingestion")
        body = {"tiers": ["bytes", "pixels", "hash", "copy", "similar"]}
        address = f"{running.url}/api/v1/reviews"
        made = httpx.post(address, json=body, trust_env=False, timeout=PATIENCE).raise_for_status()
        until(running.rested, "the review")
        yield replace(running, review=made.json()["id"])

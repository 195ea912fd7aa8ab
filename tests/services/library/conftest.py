"""An application over a folder of three pictures, one of them twice."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.pictures import picture
from tests.stand_ins import served
from tests.waiting import until

from pinakes.core.settings import ApplicationSettings, ClientSettings, ScanSettings, Settings
from pinakes.services.opened import Library, open_library
from pinakes.services.pages import routes as pages
from pinakes.services.whole import build_application


@dataclass(frozen=True)
class Place:
    """A running application, its client, and where its files are."""

    client: httpx.Client
    library: Library
    photos: Path

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.client.get(f"/api/v1{path}", params=parameters)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(f"/api/v1{path}", json=body)

    def scanned(self, *folders: Path) -> dict[str, Any]:
        """Scan and wait for the end."""
        job = self.post("/scans", {"folders": [str(folder) for folder in folders]}).json()
        found: dict[str, Any] = until(lambda: self.ended(f"/scans/{job['id']}"))
        return found

    def ended(self, path: str) -> dict[str, Any] | None:
        job: dict[str, Any] = self.get(path).json()
        job = job.get("job", job)
        return job if job["state"] in ("succeeded", "failed", "cancelled") else None

    def reviewed(self, **asked: Any) -> str:
        """Search by bytes and hash, and wait for the end; the review's id."""
        name: str = self.post("/reviews", {"tiers": ["bytes", "hash"], **asked}).json()["id"]
        job = until(lambda: self.ended(f"/reviews/{name}"))
        assert job["state"] == "succeeded", job
        return name


def settings_of(root: Path, **application: Any) -> Settings:
    return Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=ClientSettings(mode="local"),
        application=ApplicationSettings(**application),
    )


@pytest.fixture(scope="session", autouse=True)
def no_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The application as it is where no pages were built, whether or not this checkout has them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "BUILT", tmp_path_factory.mktemp("unbuilt"))
        yield


@pytest.fixture(scope="session")
def scanned_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos and the state of a library that has scanned them."""
    root = tmp_path_factory.mktemp("scanned")
    photos = root / "photos"
    picture(photos / "a.jpg", seed=1, quality=95)
    picture(photos / "b.jpg", seed=2, quality=95)
    shutil.copy2(photos / "a.jpg", photos / "z copy.jpg")
    (photos / "notes.txt").write_text("no picture")
    (photos / "cut.jpg").write_bytes((photos / "b.jpg").read_bytes()[:3000])
    return root


@pytest.fixture
def place(scanned_root: Path, tmp_path: Path) -> Iterator[Place]:
    """An application of its own for a test, over files of its own, not scanned yet."""
    shutil.copytree(scanned_root / "photos", tmp_path / "photos")
    library = open_library(settings_of(tmp_path), [str(tmp_path / "photos")])
    with served(build_application(library)) as client:
        yield Place(client, library, tmp_path / "photos")


@pytest.fixture(scope="module")
def ready(scanned_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An application whose library was scanned and searched; tests of it change nothing."""
    root = tmp_path_factory.mktemp("ready")
    shutil.copytree(scanned_root / "photos", root / "photos")
    library = open_library(settings_of(root), [str(root / "photos")])
    with served(build_application(library)) as client:
        there = Place(client, library, root / "photos")
        there.scanned()
        there.reviewed()
        yield there

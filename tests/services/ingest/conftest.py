"""An ingestion service over a few pictures, and a model whose every call is counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.pictures import picture
from tests.stand_ins import StandInModel, only_offer, served
from tests.waiting import until

from pinakes.core.settings import ClientSettings, IngestSettings, ScanSettings, Settings
from pinakes.jobs.runner import Jobs
from pinakes.services.inference.main import build_application as build_inference
from pinakes.services.ingest.main import build_application
from pinakes.services.opened import Library, open_library

#: Pictures below `photos`, beside one that is cut short, one text, and a link that leads round.
PICTURES = 6


@dataclass(frozen=True)
class Place:
    """A running ingestion service, its client, and where its files are."""

    client: httpx.Client
    library: Library
    photos: Path
    jobs: Jobs

    def ingest(self, directory: str | Path, **asked: Any) -> httpx.Response:
        return self.client.post("/ingest_directory", json={"directory": str(directory), **asked})

    def job(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/jobs/{name}").json()
        return found

    def until(self, name: str, *states: str) -> dict[str, Any]:
        found: dict[str, Any] = until(
            lambda: job if (job := self.job(name))["state"] in states else None, f"{name} {states}"
        )
        return found

    def steer(self, verb: str, name: str) -> httpx.Response:
        return self.client.post(f"/jobs/{name}/{verb}")


def photos_of(folder: Path, count: int = PICTURES) -> Path:
    for seed in range(count):
        picture(folder / f"{seed}.jpg", seed=seed)
    (folder / "cut.jpg").write_bytes((folder / "0.jpg").read_bytes()[:2000])
    (folder / "notes.txt").write_text("no picture")
    (folder / "again").symlink_to(folder)  # a loop
    return folder


def settings_of(root: Path, *, url: str | None = None, **ingest: Any) -> Settings:
    """Settings that embed with the service at `url`, or with the built-in model; in small units."""
    client = {"mode": "local"} if url is None else {"mode": "remote", "service_url": url, "retries": 0}
    return Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=ClientSettings(**client),  # type: ignore[arg-type]
        ingest=IngestSettings(**{"unit": 2, "caption": False, "read_text": False, **ingest}),
    )


@contextmanager
def inference_of(model: StandInModel, root: Path) -> Iterator[str]:
    """URL of an inference service over a model, which has seen nothing but its warm-up."""
    settings = Settings(state=root / "inference")
    with served(build_inference(settings, lambda: only_offer(model.load, name="stand-in"))) as client:
        until(lambda: client.get("/health").status_code == 200)
        model.forget()
        try:
            yield str(client.base_url)
        finally:
            model.gate.set()


@contextmanager
def ingestion_of(root: Path, model: StandInModel) -> Iterator[Place]:
    photos = photos_of(root / "photos")
    with inference_of(model, root) as url:
        library = open_library(settings_of(root, url=url), [str(photos)])
        application = build_application(library)
        with served(application) as client:
            yield Place(client, library, photos, application.state.jobs)


@pytest.fixture
def model() -> StandInModel:
    """A model that remembers what it was asked, and waits while its gate is closed."""
    return StandInModel()


@pytest.fixture
def place(tmp_path: Path, model: StandInModel) -> Iterator[Place]:
    """A service of a test's own that embeds with `model`; nothing was ingested."""
    with ingestion_of(tmp_path, model) as made:
        yield made


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A service that has ingested its pictures; its tests change nothing of them."""
    with ingestion_of(tmp_path_factory.mktemp("ready"), StandInModel()) as made:
        made.until(made.ingest(made.photos).json()["job_id"], "succeeded")
        yield made

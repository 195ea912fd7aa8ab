from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.commands import until
from tests.services.ingest.conftest import photos_of, settings_of
from tests.stand_ins import served

from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


@contextmanager
def application(root: Path) -> Iterator[httpx.Client]:
    library = open_library(settings_of(root), [str(root / "photos")])
    with served(build_application(library, ingest_first=True)) as client:
        yield client


def test_the_folders_given_are_ingested_at_the_start_unless_that_was_paused(tmp_path: Path) -> None:
    photos_of(tmp_path / "photos")
    with application(tmp_path) as client:
        (job,) = client.get("/api/v1/jobs").json()["jobs"]
        client.post(f"/api/v1/jobs/{job['id']}/pause")
        until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "paused")
    with application(tmp_path) as client:
        (job,) = client.get("/api/v1/jobs").json()["jobs"]
        assert job["state"] == "paused"
        client.post(f"/api/v1/jobs/{job['id']}/resume")
        until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "succeeded")
    with application(tmp_path) as client:
        assert len(client.get("/api/v1/jobs").json()["jobs"]) == 2

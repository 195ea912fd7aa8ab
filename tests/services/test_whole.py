from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.services.ingest.conftest import settings_of
from tests.stand_ins import served

from pinakes.jobs.runner import Jobs
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application
from pinakes.services.works.ingesting import KIND, asked_of


@contextmanager
def application(root: Path) -> Iterator[httpx.Client]:
    """An application that is started with the folder `photos`, where there is nothing yet."""
    (root / "photos").mkdir(exist_ok=True)
    library = open_library(settings_of(root, embed=False), [str(root / "photos")])
    with served(build_application(library, ingest_first=True)) as client:
        yield client


def test_the_folders_given_are_ingested_at_the_start(tmp_path: Path) -> None:
    with application(tmp_path) as client:
        (job,) = client.get("/api/v1/jobs").json()["jobs"]
    assert (job["kind"], job["folders"]) == ("ingest", [str(tmp_path / "photos")])


def test_unless_a_person_paused_just_that(tmp_path: Path) -> None:
    library = open_library(settings_of(tmp_path), ())
    jobs = Jobs(library.engine, {})
    name = jobs.pause(jobs.submit(KIND, asked_of([str(tmp_path / "photos")])).id).id
    library.close()
    with application(tmp_path) as client:
        (job,) = client.get("/api/v1/jobs").json()["jobs"]
    assert (job["id"], job["state"]) == (name, "paused")

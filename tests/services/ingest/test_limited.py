"""Ingesting some directories of a folder, as watching does."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from tests.pictures import picture
from tests.services.ingest.conftest import settings_of
from tests.stand_ins import served
from tests.waiting import until

from pinakes.db.tables import assets
from pinakes.services.ingest.main import build_application
from pinakes.services.opened import Library, open_library


@dataclass(frozen=True)
class Folder:
    """A service that may ingest a folder with two directories, one picture each."""

    client: httpx.Client
    library: Library
    path: Path

    def ingested(self, **asked: object) -> None:
        started = self.client.post("/ingest_directory", json={"directory": str(self.path), **asked}).json()
        until(lambda: self.client.get(f"/jobs/{started['job_id']}").json()["state"] == "succeeded")

    def known(self) -> dict[str, str]:
        with self.library.reading() as connection:
            return {Path(row.path).name: row.folder for row in connection.execute(select(assets))}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    photos = tmp_path / "photos"
    for name in ("a", "b"):
        picture(photos / name / f"{name}.jpg", seed=ord(name))
    library = open_library(settings_of(tmp_path, embed=False), [str(photos)])
    with served(build_application(library)) as client:
        yield Folder(client, library, photos)


def test_only_what_is_named_is_looked_at_and_still_belongs_to_the_folder(folder: Folder) -> None:
    folder.ingested(only=[str(folder.path / "b")])
    assert folder.known() == {"b.jpg": str(folder.path)}
    (folder.path / "b" / "b.jpg").unlink()
    folder.ingested(only=[str(folder.path / "a")], rest_seconds=3600)
    assert folder.known() == {"b.jpg": str(folder.path)}
    folder.ingested(only=[str(folder.path / "a")])
    assert set(folder.known()) == {"a.jpg", "b.jpg"}


@pytest.mark.parametrize("way", ["..", "link", "/etc"])
def test_no_way_leads_out_of_the_folder(folder: Folder, way: str) -> None:
    outside = folder.path.parent / "outside"
    picture(outside / "c.jpg", seed=3)
    (folder.path / "link").symlink_to(outside)
    named = {"..": f"{folder.path}/../outside", "link": f"{folder.path}/link", "/etc": "/etc"}[way]
    answer = folder.client.post("/ingest_directory", json={"directory": str(folder.path), "only": [named]})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

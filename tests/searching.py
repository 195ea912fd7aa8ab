"""Applications over ingested folders, for tests that search them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.pictures import encoded, picture, shapes
from tests.stand_ins import served
from tests.waiting import until

from pinakes.core.settings import ClientSettings, ScanSettings, Settings
from pinakes.services.opened import Library, open_library
from pinakes.services.whole import build_application


@dataclass(frozen=True)
class Searched:
    """A running application, and where its pictures are."""

    client: httpx.Client
    library: Library
    photos: Path

    def search(self, q: str = "", **rest: Any) -> dict[str, Any]:
        answer = self.client.get("/api/v1/search", params={"q": q, **rest})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def post(self, body: dict[str, Any]) -> httpx.Response:
        return self.client.post("/api/v1/search", json=body)

    def asset(self, name: str) -> int:
        """The asset of a picture by its name."""
        with self.library.reading() as connection:
            rows = connection.exec_driver_sql("select id, path from assets").all()
        return next(int(row.id) for row in rows if row.path.decode().endswith(f"/{name}"))


def names(found: dict[str, Any]) -> list[str]:
    """Names of the hits' files, best first."""
    return [Path(hit["path"]).name for hit in found["hits"]]


@contextmanager
def named_pictures(root: Path) -> Iterator[Searched]:
    """An application below `root` over five pictures with telling names, two of them alike."""
    photos = root / "photos"
    for seed, name in enumerate(
        ("beach/sunset.jpg", "beach/harbour.png", "city/station.jpg", "city/tower.jpg")
    ):
        form = "PNG" if name.endswith("png") else "JPEG"
        picture(photos / name, seed=seed, form=form)
    (photos / "city" / "station again.jpg").write_bytes(encoded(shapes(2), quality=60))
    settings = Settings(
        state=root / "state", scan=ScanSettings(workers=1), client=ClientSettings(mode="local")
    )
    with ingested(settings, photos) as there:
        yield there


@contextmanager
def ingested(settings: Settings, photos: Path) -> Iterator[Searched]:
    """An application over a library that has ingested a folder."""
    library = open_library(settings, [str(photos)])
    with served(build_application(library)) as client:
        job = client.post("/api/v1/ingest", json={"directory": str(photos)}).json()
        ended = until(lambda: _ended(client, job["urls"]["job"]))
        assert ended["state"] == "succeeded", ended["error"]
        yield Searched(client, library, photos)


def _ended(client: httpx.Client, path: str) -> dict[str, Any] | None:
    job: dict[str, Any] = client.get(path).json()
    return job if job["state"] in ("succeeded", "failed", "cancelled") else None

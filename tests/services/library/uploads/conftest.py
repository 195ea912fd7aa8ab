"""An application whose pictures come by HTTP alone, and ways to send them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.services.library.conftest import settings_of
from tests.stand_ins import served
from tests.waiting import until

from pinakes.services.library.uploads.placing import INCOMING
from pinakes.services.opened import Library, open_library
from pinakes.services.whole import build_application


@dataclass(frozen=True)
class Door:
    """A running application, its client, and where uploads go."""

    client: httpx.Client
    library: Library

    @property
    def folder(self) -> Path:
        return Path(self.library.uploads)

    @property
    def files(self) -> list[str]:
        """Files in the folder, but for what the service keeps for itself."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and INCOMING not in path.parts)
        return sorted(path.name for path in found)

    @property
    def partial(self) -> list[Path]:
        return list((self.folder / INCOMING).glob("*.part"))

    def add(self, body: bytes, name: str, **parameters: Any) -> httpx.Response:
        return self.client.post(
            "/api/v1/uploads", params={"name": name, **parameters}, content=body, timeout=60
        )

    def jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/v1/jobs").json()["jobs"]
        return found

    def stored(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/v1/assets?outcome=stored").json()["assets"]
        return found

    def ingested(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many pictures are in the library, and every job has ended."""
        return until(
            lambda: (
                found
                if len(found := self.stored()) == count
                and all(job["state"] in ("succeeded", "failed", "cancelled") for job in self.jobs())
                else None
            )
        )


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """An application of its own for a test."""
    library = open_library(settings_of(tmp_path), [])
    with served(build_application(library)) as client:
        yield Door(client, library)


@pytest.fixture(scope="module")
def shared_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """An application for tests that add nothing, or do not mind what others added."""
    library = open_library(settings_of(tmp_path_factory.mktemp("shared")), [])
    with served(build_application(library)) as client:
        yield Door(client, library)

"""The search service over a stand-in model, whose picture of a file, or of words, is their bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.core.settings import ClientSettings, SearchSettings, Settings, VectorSettings
from pinakes.core.settings.words import WordSettings
from pinakes.models.embedder import LocalModel
from pinakes.services.http.keys import make_key
from pinakes.services.search.main import build_application, opened


@dataclass
class Service:
    """A running search service, the files it may read, and its model."""

    client: httpx.Client
    images: Path
    model: StandInModel

    def post(self, path: str, *, key: str = "", **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.post(path, json=body, headers=headers)

    def embed(self, user: int, folder: int, contents: dict[int, str], *, key: str = "") -> dict[str, Any]:
        """Embed images of these contents by their numbers."""
        named = []
        for image, content in contents.items():
            path = f"{user}/{folder}/{image}.jpg"
            (self.images / path).parent.mkdir(parents=True, exist_ok=True)
            (self.images / path).write_text(content)
            named.append({"image_id": image, "file_path": path})
        answer = self.post("/embed-images", key=key, user_id=user, folder_id=folder, images=named)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def found(self, *, key: str = "", **asked: Any) -> list[tuple[int, int, int]]:
        """Owner, folder and image of each hit."""
        answer = self.post("/search", key=key, **asked)
        assert answer.status_code == 200, answer.text
        return [(hit["user_id"], hit["folder_id"], hit["image_id"]) for hit in answer.json()["results"]]


@contextmanager
def running(place: Path, model: StandInModel | None = None, **limits: Any) -> Iterator[Service]:
    """Run the service over stores in memory, in this process."""
    images = place / "images"
    images.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        state=place / "state",
        client=ClientSettings(mode="local"),
        vectors=VectorSettings(driver="memory"),
        words=WordSettings(driver="memory"),
        search=SearchSettings(image_root=images, **limits),
    )
    model = model or StandInModel()
    loaded = LocalModel(model.load())
    application = build_application(settings, opened(settings), open_embedder=lambda: loaded)
    with served(application) as client:
        until(lambda: client.get("/health").status_code == 200)
        yield Service(client, images, model)


@pytest.fixture(scope="module")
def backends() -> dict[str, tuple[str, Any]]:
    """Keys of two backends, and of one that reads metrics: what each sends, and what the service knows."""
    return {
        "python": make_key("python", ["infer"]),
        "java": make_key("java", ["infer"]),
        "watch": make_key("watch", ["metrics"]),
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for tests that use users of their own."""
    with running(tmp_path_factory.mktemp("search")) as made:
        yield made

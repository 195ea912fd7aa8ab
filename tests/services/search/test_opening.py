import time
from pathlib import Path

import pytest
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.core.errors import ModelUnusable, ServiceUnavailable
from pinakes.core.protocols import Embedder
from pinakes.core.settings import SearchSettings, Settings, VectorSettings
from pinakes.core.settings.words import WordSettings
from pinakes.models.embedder import LocalModel
from pinakes.services.search import opening
from pinakes.services.search.main import build_application, opened

INDEX = {"user_id": 1, "folder_id": 1}

SEARCH = {"user_id": 1, "query": "x", "folder_ids": [1]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state=tmp_path,
        vectors=VectorSettings(driver="memory"),
        words=WordSettings(driver="memory"),
        search=SearchSettings(image_root=tmp_path),
    )


def test_a_service_that_is_away_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LOOK_SECONDS", 0.02)
    model, asked = StandInModel(), []

    def embedder() -> Embedder:
        asked.append(time.monotonic())
        if len(asked) < 3:
            raise ServiceUnavailable("Nothing answers at http://127.0.0.1:8001.")
        return LocalModel(model.load())

    with served(build_application(settings, opened(settings), open_embedder=embedder)) as client:
        until(lambda: client.get("/health").status_code == 200)
        assert client.post("/search", json=SEARCH).status_code == 200
    assert len(asked) == 3
    assert model.closed


def test_without_a_model_indexes_can_be_made_and_the_rest_says_why_not(settings: Settings) -> None:
    def embedder() -> Embedder:
        raise ModelUnusable("The model is damaged.", remedy="Pull it again.")

    with served(build_application(settings, opened(settings), open_embedder=embedder)) as client:
        health = until(lambda: (answer := client.get("/health")).json().get("detail") and answer)
        assert health.status_code == 503
        assert health.json() == {"status": "loading", "detail": "The model is damaged. Pull it again."}
        assert client.post("/create-index", json=INDEX).status_code == 200
        for path, body in (("/search", SEARCH), ("/embed-images", {**INDEX, "images": []})):
            answer = client.post(path, json=body)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert client.post("/delete-index", json=INDEX).json()["deleted"] is True

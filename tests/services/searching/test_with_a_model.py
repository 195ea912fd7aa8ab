"""The whole way with a model that knows words: from files to an index, from questions to its scores."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.pictures import encoded, picture, shapes
from tests.searching import Searched, ingested
from tests.tiny_models import TinyModels

from pinakes.core.settings import ClientSettings, InferenceSettings, ScanSettings, Settings
from pinakes.services.chosen.embedders import local_embedder


@pytest.fixture(scope="module")
def clip(tiny_models: TinyModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """An application whose pictures a tiny CLIP has embedded."""
    root = tmp_path_factory.mktemp("clip")
    for seed in range(4):
        picture(root / "photos" / f"{seed}.png", seed=seed, form="PNG")
    settings = Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=ClientSettings(mode="local"),
        inference=InferenceSettings(model=str(tiny_models.onnx("clip"))),
    )
    with ingested(settings, root / "photos") as there:
        yield there


def test_scores_are_the_models_own_for_words_pictures_and_sums_of_them(clip: Searched) -> None:
    model = local_embedder(clip.library.settings)
    words, other = model.embed_texts(["two dogs", "a cat"])
    seen = {seed: model.embed([(clip.photos / f"{seed}.png").read_bytes()])[0] for seed in range(4)}
    asked = {
        "terms": [{"words": "two dogs"}, {"words": "a cat", "weight": -0.5}, {"asset": clip.asset("3.png")}]
    }
    found = clip.post({**asked, "by": "meaning"}).json()
    assert found["model"] == model.identity.key
    assert len(found["hits"]) == 3
    for hit in found["hits"]:
        vector = seen[int(Path(hit["path"]).stem)]
        shares = [words @ vector, -0.5 * other @ vector, seen[3] @ vector]
        told = hit["why"]["likeness"]
        assert told["score"] == pytest.approx(sum(shares), abs=1e-4)
        assert [each["share"] for each in told["terms"]] == pytest.approx(shares, abs=1e-4)
    scores = [hit["why"]["likeness"]["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    model.close()


def test_words_are_looked_up_and_compared_at_once_and_nothing_is_missing(clip: Searched) -> None:
    found = clip.search("2")
    assert found["notes"] == []
    assert len(found["hits"]) == 4
    assert Path(found["hits"][0]["path"]).name == "2.png"
    assert found["hits"][0]["why"]["words"]["fields"] == ["name"]
    assert found["hits"][0]["relevant"] is True


def test_a_region_is_embedded_as_the_picture_that_it_shows(clip: Searched) -> None:
    beside = np.concatenate([shapes(0), shapes(1)], axis=1)
    asked = '{"terms": [{"file": "both", "region": {"left": 0.5, "top": 0, "width": 0.5, "height": 1}}]}'
    files = {"both": encoded(beside, "PNG")}
    found = clip.client.post("/api/v1/search", files=files, data={"search": asked}).json()
    assert Path(found["hits"][0]["path"]).name == "1.png"
    assert found["hits"][0]["why"]["likeness"]["score"] == pytest.approx(1, abs=1e-4)

"""The map over HTTP: made by a job, its places as numbers, and the game, with and without words."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.commands import until
from tests.pictures import picture
from tests.searching import Searched, ingested
from tests.tiny_models import TinyModels

from pinakes.core.settings import ClientSettings, InferenceSettings, ScanSettings, Settings

#: Pictures of the library.
COUNT = 7


def settings_of(root: Path, model: str = "") -> Settings:
    return Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=ClientSettings(mode="local"),
        inference=InferenceSettings(model=model),
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """An application whose pictures the built-in model has embedded."""
    root = tmp_path_factory.mktemp("plain")
    for seed in range(COUNT):
        picture(root / "photos" / f"{seed}.png", seed=seed, form="PNG")
    with ingested(settings_of(root), root / "photos") as there:
        yield there


@pytest.fixture(scope="module")
def clip(tiny_models: TinyModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """An application whose model knows words."""
    root = tmp_path_factory.mktemp("clip")
    for seed in range(COUNT):
        picture(root / "photos" / f"{seed}.png", seed=seed, form="PNG")
    with ingested(settings_of(root, str(tiny_models.onnx("clip"))), root / "photos") as there:
        yield there


def made(there: Searched, **asked: Any) -> dict[str, Any]:
    """Have the map made, and wait for the job."""
    started = there.client.post("/api/v1/map", json=asked)
    assert started.status_code == 202, started.text
    where = started.headers["location"]

    def final() -> dict[str, Any] | None:
        job: dict[str, Any] = there.client.get(where).json()
        return job if job["state"] in ("succeeded", "failed", "cancelled") else None

    found: dict[str, Any] = until(final)
    assert found["state"] == "succeeded", found
    return found


def places(there: Searched) -> dict[int, tuple[float, float]]:
    """The places, read as a page would."""
    body = there.client.get("/api/v1/map/points").content
    magic, count = struct.unpack_from("<8sQ", body)
    assert magic == b"PINAMAP1"
    assets = np.frombuffer(body, "<i8", count, offset=16).tolist()
    spots = np.frombuffer(body, "<f4", offset=16 + 8 * count).reshape(-1, 2).tolist()
    return dict(zip(assets, map(tuple, spots), strict=True))


def test_a_map_that_was_never_made_is_not_found_and_says_how_it_is_made(tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "0.png", form="PNG")
    with ingested(settings_of(tmp_path), tmp_path / "photos") as there:
        missing = there.client.get("/api/v1/map")
        assert missing.status_code == 404
        assert missing.json()["remedy"] == "POST /api/v1/map makes it."
        assert made(there)["assets"] == 1
        assert places(there) == {there.asset("0.png"): (0, 0)}


def test_every_picture_has_a_place(plain: Searched) -> None:
    made(plain)
    about = plain.client.get("/api/v1/map").json()
    assert (about["count"], about["lacking"], about["added"]) == (COUNT, 0, 0)
    assert about["model"].startswith("pinakes-global@")
    found = plain.client.get(about["points"])
    assert found.headers["content-type"] == "application/octet-stream"
    assert set(places(plain)) == {plain.asset(f"{seed}.png") for seed in range(COUNT)}
    assert all(-1 <= number <= 1 for spot in places(plain).values() for number in spot)


def test_places_that_did_not_change_are_not_sent_again(plain: Searched) -> None:
    made(plain)
    tag = plain.client.get("/api/v1/map/points").headers["etag"]
    again = plain.client.get("/api/v1/map/points", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = plain.client.get("/api/v1/map/points", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_a_picture_that_comes_is_lacking_until_it_gets_a_place_and_one_that_goes_is_gone(
    plain: Searched,
) -> None:
    made(plain, again=True)
    before = places(plain)
    late = picture(plain.photos / "late.png", seed=99, form="PNG")
    _ingest(plain)
    assert plain.client.get("/api/v1/map").json()["lacking"] == 1
    made(plain)
    asset = plain.asset("late.png")
    assert places(plain).keys() - before.keys() == {asset}
    assert {key: spot for key, spot in places(plain).items() if key != asset} == before
    late.unlink()
    _ingest(plain)
    assert places(plain) == before


def _ingest(there: Searched) -> None:
    job = there.client.post("/api/v1/ingest", json={"directory": str(there.photos)}).json()
    until(lambda: there.client.get(job["urls"]["job"]).json()["state"] == "succeeded")


def test_a_model_without_words_says_what_the_game_needs(plain: Searched) -> None:
    refused = plain.client.get("/api/v1/game")
    assert refused.status_code == 503
    assert refused.json()["code"] == "model-unusable"
    assert "pinakes models pull" in refused.json()["remedy"]


def test_a_round_is_dealt_and_judged_and_nothing_gives_the_answer_away(clip: Searched) -> None:
    dealt = clip.client.get("/api/v1/game", params={"seed": 3}).json()
    assert len({each["asset"] for each in dealt["pictures"]}) == 5
    assert len(dealt["words"]) == 4
    verdicts = [
        clip.client.post("/api/v1/game", json={"token": dealt["token"], "word": word}).json()
        for word in dealt["words"]
    ]
    assert sorted(verdict["right"] for verdict in verdicts) == [False, False, False, True]
    right = next(verdict["word"] for verdict in verdicts if verdict["right"])
    assert all(verdict["word"] == right for verdict in verdicts)
    again = clip.client.get("/api/v1/game", params={"seed": 3}).json()
    assert again["words"] == dealt["words"]
    assert again["token"] != dealt["token"]


def test_a_forged_token_is_refused(clip: Searched) -> None:
    refused = clip.client.post("/api/v1/game", json={"token": "x", "word": "cat"})
    assert refused.status_code == 400
    assert "over or unknown" in refused.json()["detail"]

"""The map over HTTP: made by a job, its places as numbers, and the game, with and without words."""

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.pictures import picture
from tests.searching import Searched, ingested
from tests.tiny_models import TinyModels
from tests.waiting import until

from pinakes.core.settings import ClientSettings, InferenceSettings, ScanSettings, Settings
from pinakes.search.mapping import stored
from pinakes.search.mapping.stored import Map
from pinakes.services.mapping.traits import steps
from pinakes.vectors.naming import collection_name

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
    nearness = verdicts[0]["nearness"]
    assert [each["word"] for each in nearness] == dealt["words"]
    means = {each["word"]: sum(each["cosines"]) for each in nearness if len(each["cosines"]) == 5}
    assert max(means, key=means.__getitem__) == right, "the word that was meant is the nearest of the four"
    again = clip.client.get("/api/v1/game", params={"seed": 3}).json()
    assert again["words"] == dealt["words"]
    assert again["token"] != dealt["token"]


def test_a_forged_token_is_refused(clip: Searched) -> None:
    refused = clip.client.post("/api/v1/game", json={"token": "x", "word": "cat"})
    assert refused.status_code == 400
    assert "over or unknown" in refused.json()["detail"]


def test_the_traits_say_year_folder_and_region_in_the_order_of_the_places(plain: Searched) -> None:
    made(plain)
    body = plain.client.get("/api/v1/map/traits").content
    magic, count, length = struct.unpack_from("<8sQQ", body)
    assert (magic, count, length % 8) == (b"PINATRA1", len(places(plain)), 0)
    folders = json.loads(body[24 : 24 + length])["folders"]
    years, rows, hills = np.frombuffer(body, "<u2", offset=24 + length).reshape(3, count).tolist()
    assert folders == [str(plain.photos)]
    assert set(rows) == {0}
    assert set(years) == {65535}, "painted pictures have no date"
    known = len(plain.client.get("/api/v1/map").json()["regions"])
    assert all(hill < known or hill == 65535 for hill in hills)
    tag = plain.client.get("/api/v1/map/traits").headers["etag"]
    again = plain.client.get("/api/v1/map/traits", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["/p/a/x", "/p/a", "/p/b", ""], ["/p/a", "/p/a", "/p/b", ""]),
        (["/p", "/p/b"], ["/p", "/p/b"]),
        (["/a/b", "/c"], ["/a", "/c"]),
        (["/p/q"], ["/p/q"]),
        ([], []),
    ],
)
def test_folders_are_told_apart_one_step_below_what_they_have_in_common(
    paths: list[str], found: list[str]
) -> None:
    assert steps(paths) == found


def test_some_pictures_are_told_in_the_order_asked_for_and_others_left_out(plain: Searched) -> None:
    made(plain)
    first, second = sorted(places(plain))[:2]
    told = plain.client.get("/api/v1/map/pictures", params={"assets": f"{second},{first},{second},99999"})
    pictures = told.json()["pictures"]
    assert [each["asset"] for each in pictures] == [second, first]
    assert pictures[0]["path"].endswith(".png")
    assert pictures[0]["ratio"] > 0


@pytest.mark.parametrize("asked", ["", "1,x", "-1", ",".join(["1"] * 201)])
def test_a_list_of_pictures_that_is_none_is_refused(plain: Searched, asked: str) -> None:
    refused = plain.client.get("/api/v1/map/pictures", params={"assets": asked})
    assert refused.status_code == 400


def test_a_model_without_words_plays_with_those_of_the_regions_where_there_are_four(
    plain: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(plain)
    about = stored_map(plain)
    assets = sorted(places(plain))
    named = [{"words": [word], "assets": assets[start : start + 2]} for start, word in enumerate("abcd")]
    monkeypatch.setattr(
        "pinakes.services.mapping.game.stored.read",
        lambda *_: replace(about, about={**about.about, "regions": named}),
    )
    dealt = plain.client.get("/api/v1/game", params={"seed": 1}).json()
    assert (dealt["by"], dealt["words"]) == ("regions", ["a", "b", "c", "d"])
    verdict = plain.client.post("/api/v1/game", json={"token": dealt["token"], "word": "a"}).json()
    assert [len(each["cosines"]) for each in verdict["nearness"]] == [5, 5, 5, 5]


def stored_map(there: Searched) -> Map:
    """The map as the library has it."""
    collection = there.library.index.collection()
    assert collection is not None
    found = stored.read(there.library.engine, collection_name(collection.identity))
    assert found is not None
    return found

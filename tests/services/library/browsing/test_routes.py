"""Listings of the groups of a review: every order, filter and place, and what was decided."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.pictures import picture, shapes
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served

from pinakes.duplicates import members, reviews
from pinakes.duplicates.members import Members
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


@pytest.fixture
def many(tmp_path: Path) -> Iterator[tuple[Place, str]]:
    """A library of four groups: two of two files, one of three, one of a PNG and its JPEG."""
    photos = tmp_path / "photos"
    (photos / "away").mkdir(parents=True)
    for name, seed in (("a", 1), ("b", 2), ("c", 3)):
        picture(photos / "kept" / f"{name}.jpg", seed=seed, quality=95)
        shutil.copy2(photos / "kept" / f"{name}.jpg", photos / "away" / f"{name} copy.jpg")
    shutil.copy2(photos / "kept" / "c.jpg", photos / "away" / "c copy 2.jpg")
    picture(photos / "kept" / "d.png", seed=4, form="PNG")
    Image.open(photos / "kept" / "d.png").convert("RGB").save(photos / "kept" / "d small.jpg", quality=70)
    library = open_library(settings_of(tmp_path), [str(photos)])
    with served(build_application(library)) as client:
        place = Place(client, library, photos)
        place.scanned()
        yield place, place.reviewed(rules=["path:*/kept/*", "name"])


def names(page: dict[str, Any]) -> list[str]:
    return [Path(group["keep"]).name for group in page["groups"]]


def test_any_place_of_any_order_is_a_page_of_its_own(many: tuple[Place, str]) -> None:
    place, review = many
    whole = place.get(f"/reviews/{review}/groups").json()
    assert whole["total"] == len(whole["groups"]) == 4 and whole["offset"] == 0
    for order in ("evidence", "bytes", "files", "newest", "oldest", "folder"):
        listed = place.get(f"/reviews/{review}/groups", order=order).json()
        pages = [
            place.get(f"/reviews/{review}/groups", order=order, offset=at, limit=1).json() for at in range(4)
        ]
        assert [names(page)[0] for page in pages] == names(listed)
        assert sorted(names(listed)) == sorted(names(whole))
        page = place.get(f"/reviews/{review}/groups", order=order, limit=3).json()
        followed = names(page)
        while page["next"] is not None:
            page = place.get(f"/reviews/{review}/groups", order=order, limit=3, cursor=page["next"]).json()
            followed += names(page)
        assert followed == names(listed)
        for at, group in enumerate(listed["groups"]):
            found = place.get(f"/reviews/{review}/place", order=order, group=group["id"]).json()
            assert found == {"offset": at}
    by_bytes = place.get(f"/reviews/{review}/groups", order="bytes").json()["groups"]
    sizes = [group["reclaimable_bytes"] for group in by_bytes]
    assert sizes == sorted(sizes, reverse=True)
    assert names(place.get(f"/reviews/{review}/groups", order="files").json())[0] == "c.jpg"


def test_filters_name_folders_formats_and_where_the_kept_file_lies(many: tuple[Place, str]) -> None:
    place, review = many
    away, kept = str(place.photos / "away"), str(place.photos / "kept")

    def listed(**filters: str) -> set[str]:
        return set(names(place.get(f"/reviews/{review}/groups", **filters).json()))

    assert listed(folder=away) == {"a.jpg", "b.jpg", "c.jpg"}
    assert listed(format="PNG") == {"d small.jpg"} or listed(format="PNG") == {"d.png"}
    assert len(listed(keeper_in=kept)) == 4 and listed(keeper_in=away) == set()
    assert listed(folder=away, format="PNG") == set()
    assert listed(folder=str(place.photos)) == listed()
    assert listed(folder=away[:-1]) == set(), "a name that begins alike is another folder"
    facets = place.get(f"/reviews/{review}/facets").json()
    assert {facet["name"]: facet["groups"] for facet in facets["formats"]} == {"JPEG": 4, "PNG": 1}
    assert {facet["name"]: facet["groups"] for facet in facets["folders"]} == {kept: 4, away: 3}


def test_what_was_decided_is_said_counted_and_can_be_left_out_without_moving_the_rest(
    many: tuple[Place, str],
) -> None:
    place, review = many
    first = place.get(f"/reviews/{review}/groups", standing="open", limit=2).json()
    assert first["total"] == 4
    decided, verdict = first["groups"][0], first["groups"][1]
    act = place.post("/resolutions", {"groups": [decided["id"]], "verb": "trash", "dry_run": False}).json()
    place.post("/resolutions", {"groups": [verdict["id"]], "verb": "keep", "dry_run": False})
    again = place.get(f"/reviews/{review}/groups", standing="open", as_of=first["as_of"]).json()
    assert again["total"] == 4
    assert [group["decided"] and group["decided"]["verb"] for group in again["groups"]] == [
        "trash",
        "keep",
        None,
        None,
    ]
    assert again["groups"][0]["decided"]["act"] == act["report"]["act"]
    fresh = place.get(f"/reviews/{review}/groups", standing="open").json()
    assert fresh["total"] == 2 and decided["id"] not in {group["id"] for group in fresh["groups"]}
    assert place.get(f"/reviews/{review}/groups", standing="decided").json()["total"] == 2
    left = place.get(f"/reviews/{review}/left").json()["tiers"]
    assert sum(tier["groups"] for tier in left) == 4 and sum(tier["open"] for tier in left) == 2
    assert sum(tier["open_bytes"] for tier in left) < sum(tier["bytes"] for tier in left)
    assert sum(tier["won_bytes"] for tier in left) == decided["reclaimable_bytes"] > 0
    place.post("/undo", {"acts": [act["report"]["act"]]})
    assert place.get(f"/groups/{decided['id']}").json()["decided"] is None
    assert sum(tier["open"] for tier in place.get(f"/reviews/{review}/left").json()["tiers"]) == 3


def test_a_group_of_three_is_decided_when_one_file_is_left(many: tuple[Place, str]) -> None:
    place, review = many
    group = place.get(f"/reviews/{review}/groups", order="files", limit=1).json()["groups"][0]
    paths = [asset["path"] for asset in group["assets"]]
    body = {"groups": [group["id"]], "verb": "trash", "keep": {group["id"]: paths[:2]}, "dry_run": False}
    assert place.post("/resolutions", body).json()["report"]["done"] == 1
    assert place.get(f"/groups/{group['id']}").json()["decided"] is None
    body["keep"] = {group["id"]: paths[:1]}
    assert place.post("/resolutions", body).json()["report"]["done"] == 1
    found = place.get(f"/groups/{group['id']}").json()
    assert found["decided"]["verb"] == "trash" and len(found["assets"]) == 1


def test_a_group_tells_what_the_metadata_of_its_files_says(many: tuple[Place, str]) -> None:
    place, review = many
    for group in place.get(f"/reviews/{review}/groups").json()["groups"]:
        for asset in group["assets"]:
            assert asset["asset"] > 0 and abs(asset["changed_at"] - Path(asset["path"]).stat().st_mtime) < 1
            assert set(asset) >= {"taken_at", "fields", "metadata"}


def test_how_a_turned_and_a_cropped_copy_lie_on_their_original_is_told(place: Place) -> None:
    blots = np.random.default_rng(7).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    whole = Image.fromarray(blots).resize((640, 480), Image.Resampling.BICUBIC)
    plain = Image.fromarray(shapes(5))
    plain.save(place.photos / "plain.png")
    plain.transpose(Image.Transpose.ROTATE_90).save(place.photos / "turned.png")
    whole.save(place.photos / "a.jpg", quality=95)
    ImageOps.mirror(whole).save(place.photos / "mirrored.jpg", quality=60)
    whole.crop((160, 120, 560, 420)).save(place.photos / "cropped.jpg", quality=90)
    place.scanned()
    known = {Path(a["path"]).name: a["sha256"] for a in place.get("/assets").json()["assets"]}

    def beside(other: str, one: str = "a.jpg") -> dict[str, Any]:
        answer = place.client.get(f"/api/v1/contents/{known[one]}/beside/{known[other]}", timeout=30)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    mirrored = beside("mirrored.jpg")
    assert mirrored["mirrored"] and mirrored["matrix"] == [-1, 0, 1, 0, 1, 0, 0, 0, 1]
    assert mirrored["quality"] == [95, 60]
    cropped = beside("cropped.jpg")
    matrix = np.array(cropped["matrix"]).reshape(3, 3)
    corner = matrix @ (0.25, 0.25, 1)
    assert np.allclose(corner[:2] / corner[2], 0, atol=0.02), "the crop begins at a quarter"
    assert 0.25 < cropped["overlap"][0] < 0.55 and cropped["overlap"][1] > 0.95
    assert beside("b.jpg")["matrix"] is None
    turned = beside("turned.png", "plain.png")
    assert turned["matrix"] == [0, 1, 0, -1, 0, 1, 0, 0, 1] and turned["quality"] == [None, None]
    assert place.get(f"/contents/{known['a.jpg']}/beside/nonsense").status_code == 400
    assert place.get(f"/contents/{known['a.jpg']}/beside/{'0' * 64}").status_code == 404


def test_what_is_asked_wrongly_is_a_problem(ready: Place) -> None:
    name = ready.reviewed()
    for path, parameters, status in (
        (f"/reviews/{name}/groups", {"order": "beauty"}, 422),
        (f"/reviews/{name}/groups", {"offset": -1}, 422),
        (f"/reviews/{name}/groups", {"offset": 1, "cursor": "1"}, 400),
        (f"/reviews/{name}/place", {}, 422),
        ("/reviews/none/left", {}, 404),
        ("/reviews/none/facets", {}, 404),
        ("/reviews/none/place", {"group": "x"}, 404),
    ):
        assert (path, ready.get(path, **parameters).status_code) == (path, status)
    assert ready.get(f"/reviews/{name}/place", group="none").json() == {"offset": None}
    assert ready.get(f"/reviews/{name}/groups", offset=10**6).json()["groups"] == []


def test_what_filters_name_survives_a_start_and_is_made_anew_where_it_cannot_be_read(
    many: tuple[Place, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, review = many
    engine, state = place.library.engine, place.library.settings.state
    made = reviews.made_at(engine, review)
    facets = place.get(f"/reviews/{review}/facets").json()

    def unasked(*_: object) -> Members:
        raise AssertionError("the rows were read again")

    with monkeypatch.context() as patched:
        patched.setattr(members, "members_of", unasked)
        kept = members.kept_members(engine, state, review, made)
        with pytest.raises(AssertionError, match="read again"):
            members.kept_members(engine, state, review, made + 1)
    counted = kept.counted(kept.folder, kept.folders)
    assert {each["name"]: each["groups"] for each in facets["folders"]} == counted

    (state / members.DIRECTORY / f"{review}.npz").write_bytes(b"torn")
    again = members.kept_members(engine, state, review, made)
    assert again.folders == kept.folders
    for name in ("group", "folder", "format", "kept", "taken"):
        np.testing.assert_array_equal(getattr(again, name), getattr(kept, name))

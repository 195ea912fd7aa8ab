"""Folders: their tree with counts, how each stands, and which could be taken in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pictures import picture
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served
from tests.waiting import until

from pinakes.services.library.viewing.folder_counts import Tree
from pinakes.services.library.viewing.folder_state import left_out_below
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An application over folders in folders; tests of it change nothing."""
    root = tmp_path_factory.mktemp("nested")
    photos = root / "photos"
    for number, name in enumerate(
        ("2019/July/a.jpg", "2019/July/b.jpg", "2019/c.jpg", "ärger/d.jpg", "Z/e.jpg")
    ):
        picture(photos / name, seed=number)
    (photos / "2019" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    (photos / "empty" / ".hidden").mkdir(parents=True)
    library = open_library(settings_of(root), [str(photos)])
    with served(build_application(library)) as client:
        place = Place(client, library, photos)
        place.scanned()
        yield place


def test_roots_say_what_they_hold_at_any_depth(nested: Place) -> None:
    (root,) = nested.get("/folders").json()["folders"]
    assert root["path"] == str(nested.photos) and root["uploads"] is False
    assert (root["pictures"], root["own"], root["folders"]) == (5, 0, 3)
    assert root["bytes"] == sum(path.stat().st_size for path in nested.photos.rglob("?.jpg"))


def test_a_folder_says_what_is_in_it_and_where_it_is(nested: Place) -> None:
    year = nested.photos / "2019"
    page = nested.get("/folders/tree", under=str(year)).json()
    assert page["folder"]["pictures"] == 3 and page["folder"]["own"] == 1
    assert [(each["path"], each["pictures"]) for each in page["folders"]] == [(str(year / "July"), 2)]
    assert page["above"] == [str(nested.photos)] and page["next"] is None
    deepest = nested.get("/folders/tree", under=str(year / "July")).json()
    assert deepest["above"] == [str(nested.photos), str(year)] and deepest["folders"] == []


def test_a_tree_comes_in_pages(nested: Place) -> None:
    found, cursor = [], None
    while True:
        page = nested.get("/folders/tree", under=str(nested.photos), limit=2, cursor=cursor or "").json()
        found += [Path(each["path"]).name for each in page["folders"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == ["2019", "Z", "ärger"]


@pytest.mark.parametrize("path", ["/tree?under=", "/state?folder="])
def test_folders_outside_of_the_roots_are_not_told_of(nested: Place, path: str) -> None:
    for folder in (
        "/etc",
        str(nested.photos.parent),
        str(nested.photos / ".." / "state"),
        f"{nested.photos}-2",
    ):
        answer = nested.client.get(f"/api/v1/folders{path}{folder}")
        assert answer.status_code == 403 and "pinakes up" in answer.text, folder
    assert nested.client.get(f"/api/v1/folders{path}relative").status_code == 400


def test_a_link_out_of_the_roots_is_not_followed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (place.photos / "link").symlink_to(tmp_path / "elsewhere")
    assert place.get("/folders/tree", under=str(place.photos / "link")).status_code == 403
    assert place.get("/folders/places", beginning=f"{place.photos}/link/").json()["places"] == []


def test_a_folder_says_how_it_stands(nested: Place) -> None:
    state = nested.get("/folders/state", folder=str(nested.photos / "2019")).json()
    assert (state["refused"], state["missing"], state["doubt"], state["watched"]) == (1, 0, None, None)
    assert state["root"] is False and state["scanned_at"] > 1_000_000_000
    assert nested.get("/folders/state", folder=str(nested.photos)).json()["root"] is True


def test_a_folder_whose_drive_is_away_says_so(place: Place) -> None:
    place.scanned()
    shutil.rmtree(place.photos)
    assert "cannot be listed" in place.get("/folders/state", folder=str(place.photos)).json()["doubt"]
    place.photos.mkdir()
    assert "attached" in place.get("/folders/state", folder=str(place.photos)).json()["doubt"]


def test_a_watched_folder_says_so(tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    library = open_library(settings_of(tmp_path), [str(tmp_path / "photos")])
    with served(build_application(library, watch=True)) as client:
        place = Place(client, library, tmp_path / "photos")

        def watched() -> object:
            return place.get("/folders/state", folder=str(place.photos)).json()["watched"]

        assert until(watched)["manner"] in ("notified", "compared")


def test_places_complete_a_path_with_what_is_on_disk(nested: Place) -> None:
    def places(beginning: str) -> list[str]:
        return [
            Path(path).name for path in nested.get("/folders/places", beginning=beginning).json()["places"]
        ]

    assert places("") == ["photos"]
    assert places(f"{nested.photos}/") == ["2019", "Z", "empty", "ärger"]
    assert places(f"{nested.photos}/e") == ["empty"]
    assert places(f"{nested.photos}/empty/") == places("/etc/") == places(f"{nested.photos}/none/x") == []


@pytest.mark.parametrize(
    ("left_out", "index"), [("refused", "assets_refused"), ("missing", "assets_missing")]
)
def test_what_is_left_out_is_counted_without_a_look_at_every_file(
    nested: Place, left_out: str, index: str
) -> None:
    query = left_out_below("/photos")[left_out]
    written = query.compile(nested.library.engine, compile_kwargs={"literal_binds": True})
    with nested.library.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}").all()
    assert index in str(plan)


PATHS = st.lists(st.sampled_from("abc"), max_size=4).map(lambda parts: "/".join(("/r", *parts)))


@given(st.dictionaries(PATHS, st.integers(1, 9), max_size=20))
def test_counts_of_a_folder_are_its_own_and_those_of_all_below(own: dict[str, int]) -> None:
    tree = Tree(["/r", "/r/a"], [(path, pictures, 10 * pictures) for path, pictures in own.items()])
    for path in {*own, "/r", "/r/a"}:
        below = sum(n for each, n in own.items() if each == path or each.startswith(path + "/"))
        counted = tree.counted(path)
        assert (counted["pictures"], counted["bytes"], counted["own"]) == (
            below,
            10 * below,
            own.get(path, 0),
        )
        inside = tree.inside(path, None, 100)
        assert counted["folders"] == len(inside)
        assert sum(each["pictures"] for each in inside) + counted["own"] == below

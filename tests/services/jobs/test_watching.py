"""Choosing which folders are watched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pictures import picture
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served
from tests.waiting import until

from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An application over a folder that it does not watch."""
    photos = tmp_path / "photos"
    picture(photos / "trip" / "a.jpg")
    library = open_library(settings_of(tmp_path), [str(photos)])
    with served(build_application(library)) as client:
        yield Place(client, library, photos)


def choose(place: Place, folder: Path, watched: bool) -> tuple[int, object]:
    body = {"folder": str(folder), "watched": watched}
    answer = place.client.put("/api/v1/folders/watched", json=body)
    return answer.status_code, answer.json().get("watched")


def test_a_folder_is_watched_when_it_is_chosen_and_no_more_when_it_is_not(place: Place) -> None:
    def told() -> dict[str, str] | None:
        found: dict[str, str] | None = place.get("/folders/state", folder=str(place.photos)).json()["watched"]
        return found

    assert told() is None
    status, watched = choose(place, place.photos, True)
    assert status == 200 and watched is not None
    until(lambda: (told() or {}).get("manner") in ("notified", "compared"))
    picture(place.photos / "trip" / "b.jpg", 2)
    until(lambda: place.get("/folders").json()["folders"][0]["pictures"] == 2)
    assert choose(place, place.photos, False) == (200, None)
    assert told() is None


def test_other_folders_cannot_be_chosen(place: Place) -> None:
    assert choose(place, place.photos / "trip", True)[0] == 400
    assert choose(place, place.photos.parent, True)[0] == 403
    assert choose(place, Path("photos"), True)[0] == 400

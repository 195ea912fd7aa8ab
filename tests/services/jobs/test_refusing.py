"""What a job refused: counted, paged, and tried again alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.pictures import encoded, picture, shapes
from tests.services.ingest.conftest import inference_of, settings_of
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


@dataclass(frozen=True)
class Place:
    """The application, its client and where its files are."""

    client: httpx.Client
    photos: Path
    model: StandInModel

    def job(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/v1/jobs/{name}").json()
        return found

    def until_done(self, name: str) -> dict[str, Any]:
        until(lambda: self.job(name)["state"] == "succeeded")
        return self.job(name)

    def ingested(self) -> str:
        answer = self.client.post("/api/v1/ingest", json={"directory": str(self.photos)})
        name: str = answer.json()["id"]
        self.until_done(name)
        return name


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """The application over two folders, one of which holds three files that are cut short."""
    photos = tmp_path / "photos"
    picture(photos / "good" / "fine.jpg", seed=1)
    (photos / "bad").mkdir()
    for number in range(3):
        (photos / "bad" / f"cut {number}.jpg").write_bytes(encoded(shapes(number), quality=80)[:600])
    model = StandInModel()
    with inference_of(model, tmp_path) as url:
        library = open_library(settings_of(tmp_path, url=url), [str(photos)])
        with served(build_application(library)) as client:
            yield Place(client, photos, model)


def reasons(place: Place, name: str) -> dict[tuple[str, str], int]:
    told: dict[str, Any] = place.client.get(f"/api/v1/jobs/{name}/refusals/reasons").json()
    return {(entry["step"], entry["reason"]): entry["count"] for entry in told["reasons"]}


def test_what_was_refused_is_counted_paged_and_tried_again(place: Place) -> None:
    name = place.ingested()
    counted = reasons(place, name)
    reason, number = next((reason, n) for (_, reason), n in counted.items() if n == 3)
    assert set(counted) >= {("take", reason)}
    assert number == 3
    listed: list[str] = []
    cursor: str | None = None
    for _ in range(2):
        asked: dict[str, Any] = {"step": "take", "reason": reason, "limit": 2, "cursor": cursor}
        asked = {key: value for key, value in asked.items() if value is not None}
        page = place.client.get(f"/api/v1/jobs/{name}/refusals", params=asked).json()
        listed += [Path(entry["path"]).name for entry in page["refusals"]]
        cursor = page["next"]
    assert listed == ["cut 0.jpg", "cut 1.jpg", "cut 2.jpg"]
    assert cursor is None
    assert all(entry["detail"] and entry["sha256"] is None for entry in page["refusals"])

    mended = place.photos / "bad" / "cut 1.jpg"
    mended.write_bytes(encoded(shapes(1), quality=80))
    started = place.client.post(f"/api/v1/jobs/{name}/refusals/retry", json={"reason": reason})
    assert started.status_code == 202
    again = started.json()
    assert again["only"] == [str(place.photos / "bad")]
    assert place.until_done(again["id"])["scan"]["changes"]["changed"] == 3  # each of them was read anew
    assert reasons(place, name)["take", reason] == 2


def test_pictures_that_a_model_refused_have_their_contents(place: Place) -> None:
    place.model.room = 0  # no picture fits
    name = place.ingested()
    (step, reason) = next(key for key in reasons(place, name) if key[0] == "embed")
    asked = {"step": step, "reason": reason}
    (entry,) = place.client.get(f"/api/v1/jobs/{name}/refusals", params=asked).json()["refusals"]
    assert Path(entry["path"]).name == "fine.jpg"
    assert place.client.get(f"/api/v1/contents/{entry['sha256']}/thumbnail").status_code == 200


def test_what_there_is_nothing_of_is_a_problem(place: Place) -> None:
    name = place.ingested()
    answer = place.client.post(f"/api/v1/jobs/{name}/refusals/retry", json={"reason": "decoder-died"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert place.client.get("/api/v1/jobs/none/refusals/reasons").status_code == 404
    asked = {"step": "take", "reason": "x", "cursor": "?"}
    wrong = place.client.get(f"/api/v1/jobs/{name}/refusals", params=asked)
    assert wrong.status_code == 400

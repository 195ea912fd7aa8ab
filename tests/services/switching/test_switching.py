"""Two models over one library: built beside, compared, cut over while searches run, taken back, dropped."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pictures import picture
from tests.searching import Searched, ingested
from tests.tiny_models import TinyModels
from tests.waiting import PATIENCE, until

from pinakes.core.settings import (
    ClientSettings,
    InferenceSettings,
    ModelSettings,
    ScanSettings,
    Settings,
)
from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store


@pytest.fixture(scope="module")
def there(tiny_models: TinyModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """An application whose pictures one tiny model has embedded, with another one installed."""
    root = tmp_path_factory.mktemp("two-models")
    for seed in range(6):
        picture(root / "photos" / f"{seed}.png", seed=seed, form="PNG")
    for name, kind in (("first", "clip"), ("second", "siglip")):
        import_model(Store(root / "models"), tiny_models.onnx(kind), name=name)
    settings = Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=ClientSettings(mode="local"),
        models=ModelSettings(directory=root / "models"),
        inference=InferenceSettings(model="first"),
    )
    with ingested(settings, root / "photos") as there:
        yield there


def post(there: Searched, path: str, **body: Any) -> Any:
    return there.client.post(f"/api/v1/indexes{path}", json=body)


def indexes(there: Searched) -> dict[str, dict[str, Any]]:
    found = there.client.get("/api/v1/indexes").json()["indexes"]
    return {each["model"]: each for each in found}


def ended(there: Searched, job: dict[str, Any]) -> dict[str, Any]:
    def final() -> dict[str, Any] | None:
        found: dict[str, Any] = there.client.get(f"/api/v1/jobs/{job['id']}").json()
        return found if found["state"] in ("succeeded", "failed", "cancelled") else None

    found: dict[str, Any] = until(final)
    assert found["state"] == "succeeded", found
    return found


@pytest.fixture
def built(there: Searched) -> dict[str, Any]:
    """The index of the second model, once it is built."""
    job = ended(there, post(there, "", model="second").json())
    assert job["index"] == indexes(there)["second"]["name"]
    return indexes(there)["second"]


def model_of(found: dict[str, Any]) -> str:
    return str(found["model"]).partition("@")[0]


def test_the_index_of_another_model_is_built_beside_the_one_that_answers(
    there: Searched, built: dict[str, Any]
) -> None:
    assert (built["state"], built["indexed"], built["lacking"]) == ("beside", 6, 0)
    first = indexes(there)["first"]
    assert (first["state"], first["indexed"], first["assets"]) == ("answering", 6, 6)
    assert built["bytes"] == 4 * 6 * built["dimensions"]
    assert model_of(there.search("dogs", by="meaning")) == "first"


def test_building_again_embeds_nothing_again(there: Searched, built: dict[str, Any]) -> None:
    job = ended(there, post(there, "", model="second").json())
    assert job["report"]["counts"]["embedded"] == 0


@pytest.mark.usefixtures("built")
def test_past_searches_and_given_ones_are_compared(there: Searched) -> None:
    there.search("two dogs")
    found = post(there, "/compare", index="second", queries=["snow on the mountains"], limit=3).json()
    assert (found["now"].partition("@")[0], found["then"].partition("@")[0]) == ("first", "second")
    assert {"two dogs", "snow on the mountains"} <= {each["text"] for each in found["searches"]}
    for each in found["searches"]:
        assert not each["error"]
        assert len(each["now"]) == len(each["then"]) == 3
        assert all(hit["other"] in range(1, 7) and Path(hit["path"]).exists() for hit in each["now"])
    assert model_of(there.search("two dogs", by="meaning")) == "first"


@pytest.mark.usefixtures("built")
def test_one_step_cuts_over_and_one_takes_it_back(there: Searched) -> None:
    used = post(there, "/use", index="second")
    assert (used.status_code, used.json()["state"]) == (200, "answering")
    assert model_of(there.search("two dogs", by="meaning")) == "second"
    assert indexes(there)["first"]["state"] == "before"
    assert post(there, "/back").json()["model"] == "first"
    assert model_of(there.search("two dogs", by="meaning")) == "first"
    assert indexes(there)["second"]["state"] == "before"


@pytest.mark.usefixtures("built")
def test_searches_during_the_change_are_answered_whole_by_one_model(there: Searched) -> None:
    expected = {}
    for index in ("second", "first"):
        post(there, "/use", index=index)
        expected[index] = _scores(there.search("two dogs", by="meaning"))
    stop, answers = threading.Event(), list[dict[str, Any]]()

    def search() -> None:
        while not stop.is_set():
            answers.append(there.search("two dogs", by="meaning"))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        post(there, "/use", index="second")
        post(there, "/back")
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert {model_of(found) for found in answers} == {"first", "second"}
    for found in answers:
        assert found["notes"] == []
        assert _scores(found) == pytest.approx(expected[model_of(found)], abs=1e-5)


def _scores(found: dict[str, Any]) -> dict[int, float]:
    return {hit["asset"]: hit["why"]["likeness"]["score"] for hit in found["hits"]}


def test_an_index_that_lacks_pictures_answers_only_when_one_insists(
    there: Searched, built: dict[str, Any]
) -> None:
    picture(there.photos / "late.png", seed=77, form="PNG")
    try:
        job = there.client.post("/api/v1/ingest", json={"directory": str(there.photos)}).json()
        ended(there, {"id": job["job_id"] if "job_id" in job else job["id"]})
        refused = post(there, "/use", index=built["name"])
        assert refused.status_code == 409
        assert "lacks 1 pictures" in refused.json()["detail"]
        assert post(there, "/use", index=built["name"], incomplete=True).status_code == 200
        # What came meanwhile is taken in without being asked.
        until(lambda: indexes(there)["second"]["lacking"] == 0)
    finally:
        post(there, "/back")


def test_what_answers_is_not_dropped_and_what_does_not_is(there: Searched, built: dict[str, Any]) -> None:
    refused = there.client.delete("/api/v1/indexes/first")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
    assert there.client.delete(f"/api/v1/indexes/{built['name']}").status_code == 200
    assert set(indexes(there)) == {"first"}
    assert post(there, "/back").status_code == 404
    assert post(there, "/use", index="second").status_code == 404
    job = ended(there, post(there, "", model="second").json())
    assert job["report"]["counts"]["embedded"] == 0


def test_an_index_that_was_lost_is_built_whole_again(there: Searched, built: dict[str, Any]) -> None:
    there.library.index.let_go(built["name"])
    there.library.index.vectors.drop(built["name"])  # as a process does that dies before it says so
    ended(there, post(there, "", model="second").json())
    again = indexes(there)["second"]
    assert (again["points"], again["lacking"]) == (built["points"], 0)


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/use", {"index": "nobody"}, 404, "There is no index of 'nobody'; there are first@"),
        ("/compare", {"index": "first"}, 400, "is the one that answers"),
        ("/compare", {"index": "second", "past": 0}, 400, "no past searches"),
    ],
)
def test_what_cannot_be_is_said(
    there: Searched, built: dict[str, Any], path: str, body: dict[str, Any], status: int, said: str
) -> None:
    refused = post(there, path, **body)
    assert (refused.status_code, built["model"]) == (status, "second")
    assert said in refused.json()["detail"]


def test_a_model_that_is_not_installed_fails_the_job_with_its_remedy(there: Searched) -> None:
    job = post(there, "", model="nobody").json()
    found = until(
        lambda: (j := there.client.get(f"/api/v1/jobs/{job['id']}").json())["state"] == "failed" and j
    )
    assert "not installed" in found["error"]["detail"]
    assert "pinakes models pull nobody" in found["error"]["remedy"]

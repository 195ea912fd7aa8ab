"""Models over HTTP: listed, got from a hub, loaded, measured and removed, with and without a service."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.services.inference.several_models import await_state, serving, three_offers
from tests.small_hub import Repository, SmallHub
from tests.small_hub import served as hub_served
from tests.stand_ins import served
from tests.tiny_models import TinyModels
from tests.waiting import until

from pinakes.core.settings import ClientSettings, ModelSettings, ScanSettings, Settings
from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store
from pinakes.services.opened import Library, open_library
from pinakes.services.whole import build_application


@dataclass(frozen=True)
class Place:
    """An application, its inference service where there is one, and its library."""

    client: httpx.Client
    inference: httpx.Client | None
    library: Library

    def shelf(self) -> dict[str, Any]:
        answer = self.client.get("/api/v1/models")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def model(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {each["name"]: each for each in self.shelf()["models"]}[name]
        return found

    def ended(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        where = answer.headers["location"]

        def final() -> dict[str, Any] | None:
            job: dict[str, Any] = self.client.get(where).json()
            return job if job["state"] in ("succeeded", "failed", "cancelled") else None

        found: dict[str, Any] = until(final)
        return found


def settings_of(root: Path, url: str = "", **models: Any) -> Settings:
    client = (
        ClientSettings(mode="remote", service_url=url, retries=0) if url else ClientSettings(mode="local")
    )
    return Settings(
        state=root / "state",
        scan=ScanSettings(workers=1),
        client=client,
        models=ModelSettings(directory=root / "models", retries=0, connect_seconds=2.0, **models),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels) -> Iterator[Place]:
    """An application beside an inference service of three stand-ins; one more model lies in the store."""
    root = tmp_path_factory.mktemp("models")
    import_model(Store(root / "models"), tiny_models.onnx("clip"), name="mine")
    with serving(three_offers()) as inference:
        library = open_library(settings_of(root, str(inference.base_url)), [])
        with served(build_application(library)) as client:
            yield Place(client, inference, library)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Place]:
    """An application that embeds itself, and whose hub is a port where nothing listens."""
    library = open_library(settings_of(tmp_path, hub="http://127.0.0.1:9"), [])
    with served(build_application(library)) as client:
        yield Place(client, None, library)


def test_what_ships_is_here_can_be_had_and_is_served_elsewhere_is_told_apart(place: Place) -> None:
    found = {each["name"]: each for each in place.shelf()["models"]}
    assert found["pinakes-global"]["state"] == "ships"
    assert found["mine"]["state"] == "installed"
    assert found["mine"]["bytes"] == sum(each["bytes"] for each in found["mine"]["revisions"]) > 0
    assert found["clip-vit-base-patch32-laion2b"]["state"] == "available"
    assert found["clip-vit-base-patch32-laion2b"]["is_recommended"]
    assert found["clip-vit-base-patch32-laion2b"]["published"]["quality"] == 68.78
    assert (found["both"]["state"], found["both"]["served"]) == ("elsewhere", "ready")
    assert [name for name, each in found.items() if each["is_default"]] == ["both"]


def test_the_service_is_said_to_answer_with_the_memory_it_has_in_use(place: Place) -> None:
    inference = place.shelf()["inference"]
    assert inference["state"] == "answering"
    assert inference["memory_bytes"] > 2**20


def test_a_model_is_unloaded_and_loaded_again(place: Place) -> None:
    assert place.inference is not None
    assert place.client.post("/api/v1/models/pictures/unload").status_code == 202
    await_state(place.inference, "pictures", "absent")
    assert place.model("pictures")["served"] == "absent"
    assert place.client.post("/api/v1/models/pictures/load").status_code == 202
    await_state(place.inference, "pictures", "ready")


def test_a_model_is_measured_where_it_is_served_and_the_results_are_kept(place: Place) -> None:
    job = place.ended(place.client.post("/api/v1/models/both/measure"))
    assert job["state"] == "succeeded", job
    measured = place.model("both")["measured"]
    assert measured == job["measured"]
    assert measured["batch_milliseconds"] > 0
    assert measured["text_milliseconds"] > 0
    assert measured["caption_milliseconds"] is None
    assert measured["memory_bytes"] is None, "it was loaded already, so that nobody saw it grow"


def test_a_captioner_is_measured_by_its_captions(place: Place) -> None:
    job = place.ended(place.client.post("/api/v1/models/captioner/measure"))
    assert job["state"] == "succeeded", job
    assert job["measured"]["caption_milliseconds"] > 0
    assert job["measured"]["picture_milliseconds"] is None


@pytest.mark.parametrize("act", ["load", "unload", "measure"])
def test_a_model_that_the_service_has_not_is_not_found(place: Place, act: str) -> None:
    refused = place.client.post(f"/api/v1/models/nothing/{act}")
    assert refused.status_code == 404
    assert "nothing" in refused.json()["detail"]


def test_a_model_is_removed_with_its_files(place: Place, tiny_models: TinyModels) -> None:
    store = Store(place.library.settings.models_directory)
    import_model(store, tiny_models.onnx("clip"), name="spare")
    gone = place.client.delete("/api/v1/models/spare").json()
    assert gone["name"] == "spare"
    assert gone["bytes"] > 0
    assert "spare" not in {each["name"] for each in place.shelf()["models"]}
    assert place.client.delete("/api/v1/models/spare").status_code == 404


def test_the_model_that_searches_are_answered_with_is_not_removed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Store(place.library.settings.models_directory).find("mine")

    class Answering:
        class identity:  # noqa: N801 - stands for a collection's attribute
            name = "mine"

    monkeypatch.setattr(type(place.library.index), "collection", lambda _: Answering)
    refused = place.client.delete("/api/v1/models/mine")
    assert refused.status_code == 409
    assert "answered with mine" in refused.json()["detail"]
    assert installed.path.is_dir()


def test_without_a_service_the_list_says_so_and_loading_is_refused(alone: Place) -> None:
    inference = alone.shelf()["inference"]
    assert inference["state"] == "none"
    assert "embeds pictures itself" in inference["detail"]
    refused = alone.client.post("/api/v1/models/pinakes-global/load")
    assert refused.status_code == 409
    assert "pinakes up" in refused.json()["remedy"]


def test_a_service_that_is_away_is_told_and_the_list_is_there_all_the_same(tmp_path: Path) -> None:
    library = open_library(settings_of(tmp_path, "http://127.0.0.1:9"), [])
    with served(build_application(library)) as client:
        shelf = client.get("/api/v1/models").json()
        assert shelf["inference"]["state"] == "away"
        assert "127.0.0.1:9" in shelf["inference"]["detail"]
        assert len(shelf["models"]) > 3
        assert client.post("/api/v1/models/pinakes-global/load").status_code == 503


def test_a_hub_out_of_reach_fails_the_pull_with_the_way_round_it(alone: Place) -> None:
    job = alone.ended(alone.client.post("/api/v1/models/pull", json={"model": "clip"}))
    assert (job["state"], job["model"], job["unit"]) == ("failed", "clip-vit-base-patch32-laion2b", "bytes")
    assert "http://127.0.0.1:9" in job["error"]["detail"]
    assert "pinakes models import" in job["error"]["remedy"]


def test_a_name_that_nobody_knows_is_refused_before_anything_is_queued(alone: Place) -> None:
    refused = alone.client.post("/api/v1/models/pull", json={"model": "no-such-model"})
    assert refused.status_code == 404
    assert "registry knows no model" in refused.json()["detail"]


def test_a_model_is_got_from_a_hub_and_the_job_counts_its_bytes(
    tmp_path: Path, tiny_models: TinyModels
) -> None:
    folder = tiny_models.onnx("clip")
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    with hub_served(SmallHub({"somebody/tiny-clip": Repository(files)})) as hub:
        library = open_library(settings_of(tmp_path, hub=hub.url), [])
        with served(build_application(library)) as client:
            place = Place(client, None, library)
            job = place.ended(client.post("/api/v1/models/pull", json={"model": "somebody/tiny-clip"}))
            assert job["state"] == "succeeded", job
            assert job["done"] == job["total"] == place.model("tiny-clip")["bytes"]
            assert place.model("tiny-clip")["state"] == "installed"

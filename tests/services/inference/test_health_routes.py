import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.services.inference.several_models import PicturesOnly, offer_of, serving, three_offers
from tests.stand_ins import StandInModel, inference_service, served
from tests.waiting import PATIENCE, until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(three_offers()) as opened:
        yield opened


def test_health_names_the_default_model_and_every_other(client: httpx.Client) -> None:
    found = client.get("/health").json()
    assert found.pop("uptime_seconds") > 0
    models = {entry["name"]: entry for entry in found.pop("models")}
    assert found == {
        "status": "healthy",
        "model": "both",
        "revision": "1",
        "preprocess": "none",
        "dimensions": 8,
        "tasks": ["image-embedding", "text-embedding"],
    }
    assert models["pictures"] == {
        "name": "pictures",
        "revision": "1",
        "version": 1,
        "current": True,
        "state": "ready",
        "failure": "",
        "tasks": ["image-embedding"],
        "preprocess": "none",
        "dimensions": 8,
        "input_side": 2,
    }
    assert models["captioner"]["tasks"] == ["captioning"]


@pytest.mark.parametrize("path", ["/health", "/livez", "/readyz"])
def test_head_is_get_without_a_body(client: httpx.Client, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")
    assert int(response.headers["content-length"]) > 0


def test_while_it_loads_it_lives_and_is_not_ready() -> None:
    may_load = threading.Event()

    def load() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return StandInModel().load()

    offer = Offer("stand-in", "1", 1, frozenset({Task.IMAGE_EMBEDDING}), 0, True, load)
    with served(build_application(Settings(), lambda: [offer])) as client:
        statuses = {path: client.get(path).status_code for path in ("/health", "/livez", "/readyz")}
        assert statuses == {"/health": 503, "/livez": 200, "/readyz": 503}
        assert client.head("/readyz").headers["retry-after"] == "1"
        may_load.set()
        until(lambda: client.get("/readyz").status_code == 200, "its readiness")
        assert client.get("/readyz").json() == {"status": "healthy"}


def test_a_model_that_cannot_be_loaded_says_why_and_the_service_lives() -> None:
    def load() -> LoadedModel:
        raise ValueError("/secret/path")

    offers = [
        Offer("broken", "1", 1, frozenset({Task.IMAGE_EMBEDDING}), 0, True, load),
        offer_of(PicturesOnly(name="pictures")),
    ]
    chosen = Settings(inference=InferenceSettings(model="broken", preload=("pictures",)))
    with served(build_application(chosen, lambda: offers)) as client:
        until(lambda: client.get("/health").json()["models"][1]["state"] == "ready", "the other model")
        found = client.get("/health").json()
        assert found["status"] == "failed"
        assert found["detail"] == found["models"][0]["failure"] == "The model could not be loaded: ValueError"
        assert client.get("/livez").status_code == 200
        assert client.post("/embed", content=b"a").status_code == 503
        other = client.post("/embed", content=b"a", params={"model": "pictures"})
        assert other.status_code == 200


def test_while_it_drains_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    held = tmp_path / "held"
    with (
        inference_service(held=held, workers=1) as service,
        httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE) as client,
    ):
        service.wait_until_healthy()
        held.touch()
        asked = threading.Thread(target=client.post, args=["/embed"], kwargs={"content": b"a"})
        asked.start()
        with httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE) as other:
            until(lambda: "waiting_items 1.0" in other.get("/metrics").text, "the coming of the request")
            service.terminate()
            until(lambda: other.get("/readyz").status_code != 200, "its draining")
            assert other.get("/readyz").json() == {"status": "draining"}
            assert other.get("/livez").status_code == 200
        held.unlink()
        asked.join(PATIENCE)
        assert service.process.wait(PATIENCE) == 0

import asyncio
import threading
from collections.abc import Iterator

import pytest
from tests.stand_ins import StandInModel
from tests.waiting import PATIENCE

from pinakes.core.errors import InvalidRequest, ModelUnusable, NotFound, NotReady
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.services.inference.oip import repository as module
from pinakes.services.inference.oip.repository import Repository
from pinakes.serving.catalogue import ModelState, Offer
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

TASKS = frozenset({Task.IMAGE_EMBEDDING})


def offer(revision: str, version: int, *, current: bool = False, name: str = "m") -> Offer:
    model = StandInModel(name=name, revision=revision)
    return Offer(name, revision, version, TASKS, 0, current, model.load)


def broken() -> LoadedModel:
    raise ModelUnusable("Its file is damaged.")


@pytest.fixture
def may_load() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def repository(may_load: threading.Event) -> Iterator[Repository]:
    def slow() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return StandInModel(name="slow").load()

    offers = [
        offer("a", 1),
        offer("b", 2, current=True),
        Offer("broken", "1", 1, TASKS, 0, True, broken),
        Offer("slow", "1", 1, frozenset(), 0, True, slow),
    ]
    engine = Engine(lambda: offers, default="m", settings=InferenceSettings(), metrics=InferenceMetrics())
    engine.start()
    yield Repository(engine)
    may_load.set()
    engine.close()


def test_a_version_is_the_number_of_a_revision(repository: Repository) -> None:
    async def told() -> None:
        assert (await repository.status("m")).offer.revision == "b"
        assert (await repository.status("m", "2")).offer.revision == "b"
        assert (await repository.status("m", "1")).offer.revision == "a"
        assert (await repository.status("m@a")).offer.version == 1
        assert await repository.versions("m") == [1, 2]
        with pytest.raises(NotFound, match="no version 3"):
            await repository.status("m", "3")
        with pytest.raises(NotFound, match="'other'"):
            await repository.status("other")
        for version in ("latest", "-1", "1.0"):
            with pytest.raises(InvalidRequest, match="whole numbers"):
                await repository.status("m", version)
        with pytest.raises(InvalidRequest, match="names no model"):
            await repository.status("")

    asyncio.run(told())


def test_loading_waits_until_the_model_can_serve_and_unloading_until_it_is_gone(
    repository: Repository,
) -> None:
    async def told() -> None:
        await repository.load("m@a", {})
        await repository.load("m@a", {"custom": 1})
        assert (await repository.status("m", "1")).state is ModelState.READY
        index = {(entry["name"], entry["version"]): entry for entry in await repository.index(ready=False)}
        assert index["m", "1"] == {"name": "m", "version": "1", "state": "READY", "reason": ""}
        assert index["broken", "1"]["state"] == "UNAVAILABLE"
        assert index["broken", "1"]["reason"] == "It is not loaded."
        await repository.unload("m@a")
        await repository.unload("m@a")
        assert (await repository.status("m", "1")).state is ModelState.ABSENT
        assert ("m", "1") not in {
            (entry["name"], entry["version"]) for entry in await repository.index(ready=True)
        }

    asyncio.run(told())


def test_a_model_that_cannot_be_loaded_says_why(repository: Repository) -> None:
    async def told() -> None:
        with pytest.raises(ModelUnusable, match="damaged"):
            await repository.load("broken", {})
        reasons = {entry["name"]: entry["reason"] for entry in await repository.index(ready=False)}
        assert "damaged" in reasons["broken"]
        await repository.unload("broken")

    asyncio.run(told())


@pytest.mark.parametrize("parameter", ["config", "file:1/model.onnx"])
def test_models_are_not_sent(repository: Repository, parameter: str) -> None:
    with pytest.raises(InvalidRequest, match=parameter):
        asyncio.run(repository.load("m", {parameter: "x"}))


def test_a_load_that_takes_too_long_is_not_waited_for(
    repository: Repository, may_load: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOAD_SECONDS", 0.05)

    async def told() -> None:
        with pytest.raises(NotReady, match="slow is still loading"):
            await repository.load("slow", {})
        with pytest.raises(NotReady, match="slow is still loading"):
            await repository.unload("slow")
        status = await repository.status("slow")
        assert {entry["state"] for entry in await repository.index(ready=False)} >= {"LOADING"}
        with pytest.raises(NotReady):
            repository.tasks(status)  # nothing is known of it before it is loaded

    asyncio.run(told())
    may_load.set()

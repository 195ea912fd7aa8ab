from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.core.errors import NotReady, ServiceUnavailable
from pinakes.core.settings import ClientSettings, InferenceSettings, Settings
from pinakes.core.types import Caption, ModelIdentity, Task
from pinakes.models.base import LoadedModel, Result
from pinakes.services.chosen.captioners import open_captioner
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer


class Describing(StandInModel):
    """Says how long each picture's file is."""

    def __init__(self) -> None:
        super().__init__(name="describing")
        self.identity = ModelIdentity("describing", "7", "none", 0)

    def load(self) -> LoadedModel:
        return replace(super().load(), tasks={Task.CAPTIONING: self}, logits=None)

    def postprocess(self, inferred: list[bytes]) -> list[Result]:
        return [Caption(f"{len(image)} bytes") for image in inferred]


def offers(*models: StandInModel) -> Sequence[Offer]:
    tasks = {"describing": frozenset({Task.CAPTIONING}), "stand-in": frozenset({Task.IMAGE_EMBEDDING})}
    return [
        Offer(m.identity.name, m.identity.revision, 1, tasks[m.identity.name], 0, True, m.load)
        for m in models
    ]


def settings_of(url: str, mode: str = "remote", **inference: str) -> Settings:
    client = ClientSettings(mode=mode, service_url=url, retries=0)  # type: ignore[arg-type]
    return Settings(client=client, inference=InferenceSettings(**inference))  # type: ignore[arg-type]


def test_a_service_that_has_a_captioner_is_asked(tmp_path: Path) -> None:
    application = build_application(Settings(state=tmp_path), lambda: offers(StandInModel(), Describing()))
    with served(application) as client:
        until(lambda: client.get("/health").status_code == 200)
        settings = settings_of(str(client.base_url))
        with pytest.raises(NotReady, match="describing"):
            open_captioner(settings)  # which has it loaded
        until(lambda: client.get("/models/describing").json()["state"] == "ready")
        captioner = open_captioner(settings)
        assert captioner is not None
        assert captioner.identity == ModelIdentity("describing", "7", "none", 0)
        assert captioner.caption([b"abc", b"abcde"]) == [Caption("3 bytes"), Caption("5 bytes")]
        captioner.close()
        assert open_captioner(settings_of(str(client.base_url), caption_model="another")) is None


def test_a_service_without_one_describes_nothing(tmp_path: Path) -> None:
    with served(build_application(Settings(state=tmp_path), lambda: offers(StandInModel()))) as client:
        until(lambda: client.get("/health").status_code == 200)
        assert open_captioner(settings_of(str(client.base_url))) is None


def test_a_service_that_is_away_is_said_or_done_without() -> None:
    with pytest.raises(ServiceUnavailable):
        open_captioner(settings_of("http://127.0.0.1:9"))
    for mode in ("auto", "local"):
        assert open_captioner(settings_of("http://127.0.0.1:9", mode)) is None

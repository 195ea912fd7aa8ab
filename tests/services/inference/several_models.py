"""A service with three stand-ins: one for pictures and words, one for pictures only, one that captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import httpx
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.core.types import Caption, Task
from pinakes.models.base import LoadedModel, Result
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer


class PicturesOnly(StandInModel):
    """Embeds pictures, and has no words."""

    def load(self) -> LoadedModel:
        return replace(super().load(), tasks={Task.IMAGE_EMBEDDING: self}, logits=None, input_side=2)


class StandInCaptioner(StandInModel):
    """Says how many bytes a picture has."""

    def load(self) -> LoadedModel:
        return replace(super().load(), tasks={Task.CAPTIONING: self}, logits=None)

    def postprocess(self, inferred: list[bytes]) -> list[Result]:
        return [Caption(f"{len(image)} bytes") for image in inferred]


def offer_of(
    model: StandInModel, *tasks: Task, revision: str = "1", version: int = 1, current: bool = True
) -> Offer:
    return Offer(model.identity.name, revision, version, frozenset(tasks), 1000, current, model.load)


def three_offers() -> list[Offer]:
    both = StandInModel(name="both")
    return [
        offer_of(both, Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING),
        offer_of(PicturesOnly(name="pictures"), Task.IMAGE_EMBEDDING),
        offer_of(StandInCaptioner(name="captioner"), Task.CAPTIONING),
    ]


@contextmanager
def serving(offers: Sequence[Offer], **settings: object) -> Iterator[httpx.Client]:
    """A service whose models are all loaded, the first of them the default."""
    names = [offer.name for offer in offers if offer.current]
    chosen = {"workers": 2, "model": names[0], "preload": names[1:], **settings}
    application = build_application(
        Settings(inference=InferenceSettings.model_validate(chosen)), lambda: offers
    )
    with served(application) as client:
        for name in names:
            await_state(client, name, "ready")
        yield client


def await_state(client: httpx.Client, name: str, state: str) -> None:
    def told() -> str:
        return str(client.get(f"/models/{name}").json()["state"])

    until(lambda: told() == state, lambda: f"{state} of {name}, which is {told()},")

"""The way of a request for embeddings through the service, in whatever protocol it came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pinakes.core.errors import ImageRefused, InvalidRequest, ModelFailed, NotFound, OutOfMemory, PinakesError
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Reason, Refusal, Task, Vector
from pinakes.models.base import LoadedModel
from pinakes.services.inference.asked import Asked, Embedded, InvalidField, ModelNotFound
from pinakes.services.inference.asking import CLIENT_HEADER, Terms, ask, holder_of, length_of, terms_of
from pinakes.services.inference.bodies import SMALL_BODY, read_body, refuse_encoded
from pinakes.services.inference.choice import loaded_for
from pinakes.services.inference.counting import counted
from pinakes.serving.engine import Engine, Visit
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Outcome

#: Status of a request whose client went away before the answer; nobody receives it.
CLIENT_GONE = 499

#: Longest name by which a client's share is counted; a longer one is cut.
LONGEST_CLIENT = 64


@dataclass(frozen=True, slots=True)
class EmbeddingDoor:
    """A protocol in which pictures and words come in and vectors go out.

    Attributes:
        name: as metrics call it.
    """

    name: str
    engine: Engine
    limits: InferenceSettings
    metrics: InferenceMetrics

    async def answer(self, request: Request, parse: Callable[[bytes], Asked]) -> Response:
        """Read a request, embed what it holds, and answer with JSON; whatever happens is counted.

        One bad input fails the whole request: these protocols have no word for part of an answer.

        Raises:
            ModelNotFound: there is no such model.
            InvalidRequest, TooLarge, UnsupportedMedia, UploadStalled: the request cannot be taken.
            ImageRefused: an input is no good picture; the message names it.
            ModelFailed, OutOfMemory: the model failed on an input.
            NotReady, ModelUnusable, Overloaded, DeadlineExceeded: as `Visit.submit`.
        """
        return await respond_counted(self.metrics, self.name, self._answer(request, parse))

    async def _answer(self, request: Request, parse: Callable[[bytes], Asked]) -> Response:
        request.state.noted["door"] = self.name
        refuse_encoded(request)
        terms = terms_of(request, self.limits.seconds)
        with self.engine.enter(length_of(request), holder_of(request)) as visit:
            asked = await self._read(request, visit, parse)
            since = time.monotonic()
            if asked.client and not (request.state.key or request.headers.get(CLIENT_HEADER, "").strip()):
                terms = replace(terms, client=asked.client[:LONGEST_CLIENT])
            embedded = await self._embedded(request, visit, asked, terms, since)
            response = Response(asked.write(embedded), media_type="application/json")
            self.metrics.stage.labels("answer", "").observe(time.monotonic() - since)
            return response

    async def _read(self, request: Request, visit: Visit, parse: Callable[[bytes], Asked]) -> Asked:
        """Read a request; its body is let go of before any work is done."""
        arrived = time.monotonic()
        body = await read_body(request, visit, self.limits)
        self.metrics.stage.labels("read", "").observe(time.monotonic() - arrived)
        # A large body would hold up every other request while it is taken apart.
        return parse(body) if len(body) <= SMALL_BODY else await asyncio.to_thread(parse, body)

    async def _embedded(
        self, request: Request, visit: Visit, asked: Asked, terms: Terms, since: float
    ) -> Embedded:
        model = self._model(asked)
        places = _places(asked.inputs)
        works = [
            terms.work(task, [asked.inputs[place] for place in taken], asked.model, since)
            for task, taken in places.items()
        ]
        vectors = _vectors(asked, await _together([ask(request, visit, work) for work in works]))
        tokens = await _tokens(model, asked.inputs)
        pictures = len(places.get(Task.IMAGE_EMBEDDING, ()))
        return Embedded(model.identity, vectors, pictures, tokens, time.monotonic() - since)

    def _model(self, asked: Asked) -> LoadedModel:
        """The model that is asked; what can be known to be wrong before any work is done is refused."""
        _refuse_too_much(asked, self.limits)
        try:
            model = loaded_for(self.engine, frozenset(_places(asked.inputs)), asked.model)
        except NotFound as error:
            raise ModelNotFound(str(error), remedy=error.remedy) from None
        if asked.dimensions and asked.dimensions != model.identity.dimensions:
            raise InvalidField(
                "dimensions",
                f"The model {model.name} gives {model.identity.dimensions} dimensions and cannot give "
                f"{asked.dimensions}.",
                remedy="Leave dimensions out.",
            )
        return model


async def respond_counted(
    metrics: InferenceMetrics, door: str, respond: Coroutine[Any, Any, Response]
) -> Response:
    """Await an answer, and count what became of the request under its door; a client that went gets 499."""
    try:
        with counted(metrics, door) as call:
            response = await respond
            if (
                response.status_code >= HTTPStatus.BAD_REQUEST
            ):  # each input has its reason: no error is raised
                call("refused")
            return response
    except ClientDisconnect:
        return Response(status_code=CLIENT_GONE)


async def _together(asked: Sequence[Coroutine[Any, Any, list[Outcome]]]) -> list[list[Outcome]]:
    """Await all; the first to fail ends the others, so that the engine is free of them."""
    tasks = [asyncio.ensure_future(one) for one in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _refuse_too_much(asked: Asked, limits: InferenceSettings) -> None:
    if not asked.inputs:
        raise InvalidRequest("The request holds nothing to embed.")
    if len(asked.inputs) > limits.max_items:
        raise InvalidRequest(
            f"The request holds {len(asked.inputs)} inputs; at most {limits.max_items} are taken.",
            remedy="Send it in several.",
        )
    for index, entry in enumerate(asked.inputs):
        if isinstance(entry, str) and len(entry) > limits.max_characters:
            field = _field(asked, index)
            raise InvalidField(
                field, f"{field} has {len(entry):,} characters; at most {limits.max_characters:,} are taken."
            )


def _places(inputs: Sequence[bytes | str]) -> dict[Task, list[int]]:
    """Where the inputs of each kind stand."""
    places: dict[Task, list[int]] = {}
    for place, entry in enumerate(inputs):
        task = Task.IMAGE_EMBEDDING if isinstance(entry, bytes) else Task.TEXT_EMBEDDING
        places.setdefault(task, []).append(place)
    return places


async def _tokens(model: LoadedModel, inputs: Sequence[bytes | str]) -> int:
    """Tokens that the model read of the texts among the inputs."""
    texts = [entry for entry in inputs if isinstance(entry, str)]
    side = model.tasks.get(Task.TEXT_EMBEDDING)
    if side is None or not texts:
        return 0
    return await asyncio.to_thread(lambda: sum(side.preprocess(text).cost for text in texts))


def _vectors(asked: Asked, answers: Sequence[Sequence[Outcome]]) -> list[Vector]:
    """One vector per input, in order, from the answers to the work on each kind of input."""
    found = {
        place: outcome
        for places, outcomes in zip(_places(asked.inputs).values(), answers, strict=True)
        for place, outcome in zip(places, outcomes, strict=True)
    }
    return [_vector(found[place], _field(asked, place)) for place in range(len(asked.inputs))]


def _vector(outcome: Outcome, field: str) -> Vector:
    if isinstance(outcome, Refusal):
        raise _refused(outcome, field)
    if not isinstance(outcome, np.ndarray):
        raise InvalidField(field, f"The model gives no vector for {field}.")
    return outcome


def _refused(refusal: Refusal, field: str) -> PinakesError:
    told = f"{field} was refused ({refusal.reason}): {refusal.detail}"
    if refusal.reason is Reason.MODEL_FAILED:
        return ModelFailed(told)
    if refusal.reason is Reason.OUT_OF_MEMORY:
        return OutOfMemory(told)
    return ImageRefused(refusal.reason, told)


def _field(asked: Asked, index: int) -> str:
    return asked.fields[index] if asked.fields else f"input[{index}]"

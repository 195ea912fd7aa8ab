"""What both transports do with a request once it is read: find its model, ask, and answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from pinakes.core.errors import NotReady
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import ModelIdentity
from pinakes.models.base import LoadedModel
from pinakes.services.inference.asking import Terms
from pinakes.services.inference.bodies import SMALL_BODY
from pinakes.services.inference.oip.messages import InferRequest, InferResponse, Parameter
from pinakes.services.inference.oip.questions import Question, outputs_for, question_of
from pinakes.services.inference.oip.repository import Repository
from pinakes.services.inference.oip.terms import priority_in, seconds_in
from pinakes.serving.request import Outcome, Work

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request that was understood: what the engine is asked, and how its outcomes are answered."""

    request: InferRequest
    question: Question
    work: Work
    model_name: str
    model_version: str
    identity: ModelIdentity

    def answer(self, outcomes: Sequence[Outcome]) -> InferResponse:
        """Return the answer; raises ImageRefused, ModelFailed or OutOfMemory as `outputs_for` does."""
        outputs = outputs_for(self.question, outcomes, self.identity)
        facts: dict[str, Parameter] = {
            "revision": self.identity.revision,
            "preprocess": self.identity.preprocess,
        }
        if self.identity.dimensions:
            facts["normalised"] = True
        return InferResponse(self.model_name, self.model_version, self.request.id, outputs, facts)


async def inquiry_of(
    request: InferRequest,
    repository: Repository,
    name: str,
    version: str,
    *,
    terms: Terms,
    since: float,
    limits: InferenceSettings,
) -> Inquiry:
    """Understand a request to a model; one that is not in memory begins to load.

    Args:
        request: the request.
        repository: where its model is found.
        name: which model.
        version: which version of it; empty for the current one.
        terms: on what terms the transport serves it; its parameters may say otherwise, within them.
        since: when its time began, on the clock of `time.monotonic`.
        limits: what the service accepts.

    Raises:
        NotFound: there is no such model or version.
        NotReady, ModelUnusable: it cannot serve.
        InvalidRequest, TooLarge: the request is not one for this model.
        DeadlineExceeded: no time is left.
    """
    status = await repository.status(name, version)
    key = status.offer.key
    model = _loaded(repository, key)
    question = question_of(
        request, model.tasks.keys(), most=limits.max_items, most_pixels=limits.max_batch_pixels
    )
    parameters = request.parameters
    agreed = Terms(
        seconds_in(parameters, terms.seconds), priority_in(parameters, terms.priority), terms.client
    )
    work = agreed.work(question.task, question.items, key, since)
    return Inquiry(request, question, work, name, str(status.offer.version), model.identity)


async def off_the_loop(nbytes: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do work on so many bytes: here, or in a thread where it would hold up other requests."""
    if nbytes <= SMALL_BODY:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


def _loaded(repository: Repository, key: str) -> LoadedModel:
    try:
        return repository.engine.model(key)
    except NotReady:
        repository.engine.load(key)
        raise

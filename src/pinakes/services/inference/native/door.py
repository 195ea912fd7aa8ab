"""Our own protocol: pictures and words in, embeddings, captions and labels out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from pinakes.core.errors import ModelFailed
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Refusal, Task, Vector
from pinakes.models.base import LoadedModel
from pinakes.schemas.embeddings import EmbedRequest, LabelsRequest, PicturesRequest
from pinakes.services.inference.asking import Terms, ask, holder_of, length_of, terms_of
from pinakes.services.inference.choice import loaded_for, model_for
from pinakes.services.inference.native.answers import (
    Answered,
    captions_answer,
    embeddings_answer,
    labels_answer,
    wanted_form,
)
from pinakes.services.inference.native.labelling import (
    KeptPrompts,
    best,
    label_rows,
    probabilities,
    prompts_of,
)
from pinakes.services.inference.native.question import Fields, Question
from pinakes.services.inference.native.questions import has_fields, read_question
from pinakes.serving.engine import Engine, Visit
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Input, Outcome

#: What a model must do to label pictures.
LABELLING = frozenset({Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING})

#: What a model must do to caption.
CAPTIONING = frozenset({Task.CAPTIONING})


class Native:
    """Answers the requests of our own protocol over an engine.

    Each method raises what `read_question`, `Engine.enter` and `Visit.submit` raise.
    """

    def __init__(self, engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> None:
        self._engine = engine
        self._limits = limits
        self._metrics = metrics
        self._prompts = KeptPrompts()

    async def embed(self, request: Request) -> Response:
        """Answer with one embedding per picture or text."""
        with self._visited(request) as stay:
            self._refuse_early(request, stay.terms)
            question = await self._read(request, stay, EmbedRequest)
            model = self._model(stay, frozenset({question.embedding}), question.fields.model)
            outcomes = await stay.ask(question.embedding, question.inputs, question.fields.model)
            answered = stay.answered(model, question, outcomes)
            return embeddings_answer(answered, wanted_form(request.headers.get("accept", "")))

    async def caption(self, request: Request) -> Response:
        """Answer with one caption per picture."""
        with self._visited(request) as stay:
            question = await self._read(request, stay, PicturesRequest)
            preferred = self._limits.caption_model
            name = question.fields.model or model_for(self._engine, CAPTIONING, preferred)
            model = self._model(stay, CAPTIONING, name)
            outcomes = await stay.ask(Task.CAPTIONING, question.inputs, name)
            return captions_answer(stay.answered(model, question, outcomes))

    async def label(self, request: Request) -> Response:
        """Answer with the labels of each picture, best first."""
        with self._visited(request) as stay:
            question = await self._read(request, stay, LabelsRequest)
            prompts = prompts_of(question.fields)
            name = question.fields.model or model_for(self._engine, LABELLING)
            model = self._model(stay, LABELLING, name)
            vectors = await self._vectors(
                stay, model, name, [each for several in prompts for each in several]
            )
            outcomes = await stay.ask(Task.IMAGE_EMBEDDING, question.inputs, name)
            results = await asyncio.to_thread(_results, model, question.fields, prompts, vectors, outcomes)
            return labels_answer(stay.answered(model, question, outcomes), question.fields.labels, results)

    @contextmanager
    def _visited(self, request: Request) -> Iterator[_Stay]:
        """Let a request in; what can be refused before its body is read is."""
        request.state.noted["door"] = "native"
        terms = terms_of(request, self._limits.seconds)
        asked = request.query_params.get("model", "")
        if asked:
            self._engine.status(asked)
        with self._engine.enter(length_of(request), holder_of(request)) as visit:
            stay = _Stay(request, visit, terms)
            yield stay
            self._metrics.stage.labels("answer", "").observe(time.monotonic() - stay.since)

    def _refuse_early(self, request: Request, terms: Terms) -> None:
        """Refuse at its head what could not be done in time, where nothing in the body can name the model."""
        asked = request.query_params.get("model", "")
        if asked or not has_fields(request):
            self._engine.foresee(asked, terms.priority, terms.client, terms.seconds)

    async def _read(self, request: Request, stay: _Stay, schema: type[Fields]) -> Question[Fields]:
        arrived = time.monotonic()
        question = await read_question(request, stay.visit, self._limits, schema)
        stay.since = time.monotonic()
        self._metrics.stage.labels("read", "").observe(stay.since - arrived)
        return question

    def _model(self, stay: _Stay, tasks: frozenset[Task], name: str) -> LoadedModel:
        model = loaded_for(self._engine, tasks, name)
        stay.request.state.noted["model"] = model.name
        return model

    async def _vectors(
        self, stay: _Stay, model: LoadedModel, name: str, prompts: Sequence[str]
    ) -> dict[str, Vector]:
        """The vectors of some sentences: those kept, and the others embedded now and kept."""
        key = model.identity.key
        found = self._prompts.find(key, prompts)
        missing = [prompt for prompt in dict.fromkeys(prompts) if prompt not in found]
        for start in range(0, len(missing), self._limits.max_items):
            asked = missing[start : start + self._limits.max_items]
            outcomes = await stay.ask(Task.TEXT_EMBEDDING, asked, name)
            for prompt, outcome in zip(asked, outcomes, strict=True):
                if not isinstance(outcome, np.ndarray):
                    why = outcome.detail if isinstance(outcome, Refusal) else "it gave no vector."
                    raise ModelFailed(f"The model failed on the label sentence {prompt!r}: {why}")
                found[prompt] = outcome
                self._prompts.keep(key, prompt, outcome)
        return found


class _Stay:
    """One request inside the engine; `since` is when its last byte came, on `time.monotonic`."""

    def __init__(self, request: Request, visit: Visit, terms: Terms) -> None:
        self.request = request
        self.visit = visit
        self.terms = terms
        self.since = time.monotonic()

    async def ask(self, task: Task, inputs: Sequence[Input], model: str) -> list[Outcome]:
        return await ask(self.request, self.visit, self.terms.work(task, inputs, model, self.since))

    def answered(
        self, model: LoadedModel, question: Question[Fields], outcomes: Sequence[Outcome]
    ) -> Answered:
        return Answered(
            identity=model.identity,
            names=question.names,
            outcomes=outcomes,
            seconds=time.monotonic() - self.since,
            request_id=self.request.state.request_id,
        )


def _results(
    model: LoadedModel,
    asked: LabelsRequest,
    prompts: Sequence[Sequence[str]],
    vectors: dict[str, Vector],
    outcomes: Sequence[Outcome],
) -> list[list[dict[str, object]] | None]:
    """The labels of each picture, best first; None of those refused."""
    good = [outcome for outcome in outcomes if isinstance(outcome, np.ndarray)]
    if not good or model.logits is None:
        return [None] * len(outcomes)
    scores = iter(probabilities(model.logits, np.stack(good), label_rows(prompts, vectors)))
    return [
        best(asked.labels, next(scores), asked.top_k) if isinstance(outcome, np.ndarray) else None
        for outcome in outcomes
    ]

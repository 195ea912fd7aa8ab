"""A loaded model behind the seams of `core.protocols`: in this process, one caller at a time, no batching."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.types import Caption, ModelIdentity, Pixels, Reason, Refusal, Task, Vector
from pinakes.models.base import LoadedModel, Prepared, Result, TaskModel
from pinakes.models.isolation import called, isolating

#: Most inputs in one call of the model.
MAX_BATCH = 32


class LocalModel:
    """Implements `Embedder`, `PixelEmbedder`, `TextEmbedder` and `Captioner` with a model in this process."""

    def __init__(self, model: LoadedModel) -> None:
        self._model = model

    @property
    def identity(self) -> ModelIdentity:
        """The model's own identity."""
        return self._model.identity

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures; see `Embedder.embed`. Raises nothing for a bad picture."""
        return cast(list[Vector | Refusal], self._pictures(Task.IMAGE_EMBEDDING, images))

    def takes_pixels(self) -> bool:
        """Whatever the model looks at, its own preprocess leaves a picture that is framed as it is."""
        return Task.IMAGE_EMBEDDING in self._model.tasks

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        """Embed framed pictures; see `PixelEmbedder.embed_pixels`."""
        task = self._task(Task.IMAGE_EMBEDDING)
        inputs = [task.preprocess(picture) for picture in pictures]
        return cast(list[Vector | Refusal], _run(task, inputs))

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        """Embed words; see `TextEmbedder.embed_texts`."""
        task = self._task(Task.TEXT_EMBEDDING)
        return cast(list[Vector | Refusal], _run(task, [task.preprocess(text) for text in texts]))

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe encoded pictures; see `Captioner.caption`."""
        return cast(list[Caption | Refusal], self._pictures(Task.CAPTIONING, images))

    def close(self) -> None:
        """Release the model."""
        self._model.close()

    def _task(self, task: Task) -> TaskModel:
        try:
            return self._model.tasks[task]
        except KeyError:
            raise InvalidRequest(f"The model {self._model.name} does no {task}.") from None

    def _pictures(self, task: Task, images: Sequence[bytes]) -> list[Result | Refusal]:
        model = self._task(task)
        return _run(model, [self._prepared(model, image) for image in images])

    def _prepared(self, task: TaskModel, image: bytes) -> Prepared | Refusal:
        try:
            return task.preprocess(self._model.decode(image))
        except ImageRefused as error:
            return Refusal(Reason(error.reason), error.sentence)


def _run(task: TaskModel, inputs: Sequence[Prepared | Refusal]) -> list[Result | Refusal]:
    """Infer the good inputs, those of one shape together, and put each result where its input was."""
    outcomes: dict[int, Result | Refusal] = {
        index: entry for index, entry in enumerate(inputs) if isinstance(entry, Refusal)
    }
    shapes: dict[Any, list[int]] = {}
    for index, entry in enumerate(inputs):
        if isinstance(entry, Prepared):
            shapes.setdefault(entry.shape, []).append(index)
    for indices in shapes.values():
        for start in range(0, len(indices), MAX_BATCH):
            some = indices[start : start + MAX_BATCH]
            batch = [cast(Prepared, inputs[index]) for index in some]
            results = isolating(partial(called, task), batch, dimensions=task.identity.dimensions)
            outcomes.update(zip(some, results, strict=True))
    return [outcomes[index] for index in range(len(inputs))]

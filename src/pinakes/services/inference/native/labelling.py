"""Labels for pictures without training: each label's words are embedded and compared with the picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Vector
from pinakes.models.base import Logits
from pinakes.schemas.embeddings import MOST_TEMPLATES, LabelsRequest

#: Where the label goes in a template.
PLACE = "{}"

#: Longest sentence that a label and its template make, characters; models read a few dozen words.
LONGEST_PROMPT = 1000

#: Embedded sentences that are kept; 48 MiB of vectors with 768 dimensions.
PROMPTS_KEPT = 16 * 1024

#: What several rows of vectors are: float32 (n, dimensions).
Rows = NDArray[np.float32]


class KeptPrompts:
    """Embeddings of sentences by model, least recently used out first. For one thread, the event loop's.

    Args:
        room: sentences kept.
    """

    def __init__(self, room: int = PROMPTS_KEPT) -> None:
        self._room = room
        self._vectors: OrderedDict[tuple[str, str], Vector] = OrderedDict()

    def find(self, model_key: str, prompts: Sequence[str]) -> dict[str, Vector]:
        """The vectors that are kept of some sentences."""
        found = {}
        for prompt in prompts:
            key = (model_key, prompt)
            if key in self._vectors:
                self._vectors.move_to_end(key)
                found[prompt] = self._vectors[key]
        return found

    def keep(self, model_key: str, prompt: str, vector: Vector) -> None:
        """Keep a sentence's vector, and let go of those not asked for longest."""
        self._vectors[model_key, prompt] = vector
        while len(self._vectors) > self._room:
            self._vectors.popitem(last=False)


def prompts_of(asked: LabelsRequest) -> list[list[str]]:
    """The sentences of each label, one per template.

    Raises:
        InvalidRequest: a label is empty or given twice, a template has no place for it, or both are too long.
    """
    templates = [asked.template] if isinstance(asked.template, str) else asked.template
    if not 0 < len(templates) <= MOST_TEMPLATES:
        raise InvalidRequest(f"There may be 1 to {MOST_TEMPLATES} templates, not {len(templates)}.")
    for number, template in enumerate(templates):
        if template.count(PLACE) != 1:
            raise InvalidRequest(f"template.{number} must hold {PLACE} once, where the label goes.")
    labels = [label.strip() for label in asked.labels]
    if not all(labels):
        raise InvalidRequest(f"labels.{labels.index('')} is empty.")
    if len(set(labels)) < len(labels):
        twice = next(number for number, label in enumerate(labels) if label in labels[:number])
        raise InvalidRequest(f"labels.{twice} is given twice.")
    prompts = [[template.replace(PLACE, label) for template in templates] for label in labels]
    if max(len(prompt) for several in prompts for prompt in several) > LONGEST_PROMPT:
        raise InvalidRequest(f"A label with its template has over {LONGEST_PROMPT:,} characters.")
    return prompts


def label_rows(prompts: Sequence[Sequence[str]], vectors: dict[str, Vector]) -> Rows:
    """One unit vector per label: the mean of its sentences' unit vectors, brought back to length 1.

    Averaging embeddings over sentences is what Radford et al. 2021 (section 3.1.4) do.
    """
    means = np.stack([np.mean([vectors[prompt] for prompt in several], axis=0) for several in prompts])
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def probabilities(logits: Logits, pictures: Rows, labels: Rows) -> Rows:
    """How well each label fits each picture, 0 to 1: float32 (pictures, labels).

    Takes unit vectors, float32 (n, dimensions); see `Logits`.
    """
    values = logits.scale * (pictures @ labels.T).astype(np.float64) + logits.bias
    if logits.activation == "sigmoid":
        found = np.exp(-np.logaddexp(0.0, -values))
    else:
        shifted = np.exp(values - values.max(axis=1, keepdims=True))
        found = shifted / shifted.sum(axis=1, keepdims=True)
    return found.astype(np.float32)


def best(labels: Sequence[str], scores: NDArray[np.float32], top_k: int | None) -> list[dict[str, object]]:
    """The `top_k` labels of one picture, best first, with their scores; takes float32 (labels,)."""
    order = np.argsort(-scores, kind="stable")[:top_k]
    return [{"label": labels[place], "score": round(float(scores[place]), 6)} for place in order]

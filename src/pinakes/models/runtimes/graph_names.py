"""Finding a graph's inputs and outputs, whatever its exporter called them: by name, else by their shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pinakes.core.errors import ModelUnusable
from pinakes.models.runtimes.onnx_session import Array, OnnxSession
from pinakes.models.tasks.tokenizing import Ids

#: Names of the input that takes the picture, and the token ids: transformers' exports, then Immich's.
PICTURE_INPUTS = ("pixel_values", "image")
TEXT_INPUTS = ("input_ids", "text")

#: Names of the output that is the embedding, best first.
PICTURE_OUTPUTS = ("image_embeds", "image_features", "embedding", "pooler_output")
TEXT_OUTPUTS = ("text_embeds", "text_features", "embedding", "pooler_output")

#: Inputs of a text's graph that follow from its ids, by the names that all exporters give them.
ATTENTION, POSITIONS, SEGMENTS = "attention_mask", "position_ids", "token_type_ids"

#: Axes of a batch of pictures, of token ids, and of embeddings.
_PICTURES, _TEXTS, _VECTORS = 4, 2, 2


def picture_input(session: OnnxSession) -> str:
    """The input that takes pictures; by another name than those known, the only one of four axes.

    Raises:
        ModelUnusable: there is none, or any of several.
    """
    alike = [name for name in session.inputs if len(session.shape(name)) == _PICTURES]
    return _one(session.inputs, PICTURE_INPUTS, alike)


def text_input(session: OnnxSession) -> str:
    """The input that takes token ids; by another name, the only one of whole numbers and two axes.

    Raises:
        ModelUnusable: there is none, or any of several.
    """
    following = (ATTENTION, POSITIONS, SEGMENTS)
    alike = [
        name
        for name in session.inputs
        if len(session.shape(name)) == _TEXTS
        and issubclass(session.dtype(name), np.integer)
        and name not in following
    ]
    return _one(session.inputs, TEXT_INPUTS, alike)


def embedding(session: OnnxSession, names: Sequence[str]) -> str:
    """The output that is the embedding; by another name than these, the only one of two axes.

    Raises:
        ModelUnusable: there is none, or any of several.
    """
    return _one(session.outputs, names, [name for name in session.outputs if session.axes(name) == _VECTORS])


def words(session: OnnxSession, ids: Ids, mask: Ids) -> Mapping[str, Array]:
    """All that a text's graph may ask for, of int64 (texts, tokens) twice; what it does not take is left."""
    places = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
    return {text_input(session): ids, ATTENTION: mask, POSITIONS: places, SEGMENTS: np.zeros_like(ids)}


def _one(offered: Sequence[str], known: Sequence[str], alike: Sequence[str]) -> str:
    for name in known:
        if name in offered:
            return name
    if len(alike) == 1:
        return alike[0]
    raise ModelUnusable(
        f"The model's graph has none of {', '.join(known)}, only {', '.join(offered)}.",
        remedy="Get it in an export for embeddings, with its projections.",
    )

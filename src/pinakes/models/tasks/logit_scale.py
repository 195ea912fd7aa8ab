"""How a model's cosines become probabilities: read from its graph, measured on it, or as published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pinakes.models.base import Logits

#: Where graphs of our own making note the scale (after the exponential) and the bias.
SCALE_NOTE = "pinakes.logit_scale"
BIAS_NOTE = "pinakes.logit_bias"

#: CLIP's scale is clipped at 100 in training (Radford et al. 2021), and published models lie there.
CLIP = Logits(100.0, 0.0, "softmax")

#: Learned by google/siglip-base-patch16-224; other sizes of SigLIP differ by a few per cent.
SIGLIP = Logits(117.330765, -12.932437, "sigmoid")

#: Learned by google/siglip-so400m-patch14-384, whose vectors have 1152 dimensions.
SIGLIP_SO400M = Logits(112.33287, -16.546421, "sigmoid")

#: Learned by google/siglip2-base-patch16-224.
SIGLIP2 = Logits(112.6689, -16.771725, "sigmoid")

_SO400M_DIMENSIONS = 1152

#: Cosines must differ by this much before a scale is read off them.
_SPREAD = 1e-3


def published(family: Literal["clip", "siglip", "siglip2"], dimensions: int) -> Logits:
    """What the published weights of a family learned, for graphs that do not tell."""
    if family == "clip":
        return CLIP
    if family == "siglip2":
        return SIGLIP2
    return SIGLIP_SO400M if dimensions == _SO400M_DIMENSIONS else SIGLIP


def noted(notes: Mapping[str, str]) -> Logits | None:
    """What a graph's own notes say; None where they are silent."""
    if SCALE_NOTE not in notes:
        return None
    bias = notes.get(BIAS_NOTE, "")
    return Logits(float(notes[SCALE_NOTE]), float(bias or 0), "sigmoid" if bias else "softmax")


def notes(logits: Logits) -> Mapping[str, str]:
    """What `noted` reads back."""
    bias = repr(logits.bias) if logits.activation == "sigmoid" else ""
    return {SCALE_NOTE: repr(logits.scale), BIAS_NOTE: bias}


def measured(
    pictures: NDArray[np.float32], texts: NDArray[np.float32], logits: NDArray[np.float32]
) -> tuple[float, float] | None:
    """Scale and bias that lead from cosines to the logits (pictures, texts) that a graph gave.

    Takes the embeddings, float32 (n, dimensions); None where they are too much alike to tell.
    """
    units = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (pictures, texts)]
    cosines = (units[0].astype(np.float64) @ units[1].T.astype(np.float64)).ravel()
    if np.ptp(cosines) < _SPREAD:
        return None
    scale, bias = np.polyfit(cosines, logits.astype(np.float64).ravel(), 1)
    return float(scale), float(bias)

"""A weightless global descriptor: one vector a picture, whose cosine tells if two shots show one scene."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.core.types import Pixels, Vector

#: Changes whenever the numbers do; vectors of different revisions may not be compared.
REVISION = "1"

#: Side of the square that every picture is reduced to, pixels. 48 and 96 measured no better.
SIDE = 64

#: ITU-R BT.601 weights of red, green and blue in luma.
LUMA = (0.299, 0.587, 0.114)

#: Directions of gradients kept apart, over the whole turn, and the power of the cosine that parts them.
DIRECTIONS, SHARPNESS = 12, 8

#: Cells on a side, and the spread of each in cells: they overlap, so that a shift moves little weight.
GRADIENT_CELLS, GRADIENT_SPREAD = 5, 0.4
COLOUR_CELLS, COLOUR_SPREAD = 6, 0.5

#: Gradients weaker than this, in grey levels over two pixels, count as noise beside their surroundings.
NOISE = 12.0

#: Chroma (a vector over all cells, brightness brought to 110) below which colour says little.
FAINT_COLOUR = 30.0

#: Weights of gradients, colour and light in the sum of squares.
WEIGHTS = (1.0, 0.6, 0.4)

#: The part that plain pictures still have, so that every vector has a direction.
PLAINNESS = 0.02

#: Numbers in a vector: gradients, two chroma planes, light, plainness.
DIMENSIONS = DIRECTIONS * GRADIENT_CELLS**2 + 3 * COLOUR_CELLS**2 + 1

_Floats = NDArray[np.float32]


def describe(pixels: Pixels) -> Vector:
    """The descriptor of a picture: float32 of shape (409,), Euclidean length 1.

    Takes uint8 sRGB (height, width, 3), any size, best with a long side of at most 512 px. Three parts,
    all on a 64 by 64 square: directions of gradients in 5 by 5 soft cells (in the manner of GIST, Oliva and
    Torralba 2001, and HOG, Dalal and Triggs 2005; strength relative to the surroundings, square root, mean
    over cells taken away), chroma in 6 by 6 cells, and the square root of luma in the same cells. No weight
    is learned; the constants above were chosen by hand, on synthetic re-takes other than those of
    `benchmarks/similar_shots.py`, which reports recall@1 of 0.995 for the next frame of a burst.

    Unaffected by recompression and size; not by rotation or mirroring. Plain pictures all resemble one
    another: leave out those whose perceptual hash has a low quality.

    Raises:
        ValueError: the array is no uint8 RGB picture.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"expected uint8 RGB (height, width, 3), got {pixels.dtype} {pixels.shape}")
    reduced = cv2.resize(pixels.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    square = np.asarray(reduced, dtype=np.float32)
    luma = square @ np.array(LUMA, dtype=np.float32)
    parts = (_gradients(luma), _colour(square), _light(luma))
    weighted = [weight * part for weight, part in zip(WEIGHTS, parts, strict=True)]
    return _unit(np.concatenate([*weighted, np.array([PLAINNESS], dtype=np.float32)]))


def _gradients(luma: _Floats) -> _Floats:
    across = luma[1:-1, 2:] - luma[1:-1, :-2]
    down = luma[2:, 1:-1] - luma[:-2, 1:-1]
    strength = np.sqrt(across**2 + down**2)
    around = cv2.GaussianBlur(strength, (0, 0), SIDE / 8)
    relative = np.sqrt(strength / (around + NOISE))
    # Each direction answers with a power of the cosine, which is smooth where bins of angles jump.
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    compass = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    along = np.tensordot(compass, np.stack([across, down]), axes=1)
    answers = (np.maximum(along, 0) / np.maximum(strength, 1e-6)) ** SHARPNESS * relative
    cells = _pool(answers, GRADIENT_CELLS, GRADIENT_SPREAD)
    return _unit((cells - cells.mean(axis=(1, 2), keepdims=True)).ravel())


def _colour(square: _Floats) -> _Floats:
    even = square * (110 / (square.mean() + 1))
    opponents = np.array([[1, -1, 0], [0.5, 0.5, -1]], dtype=np.float32)
    cells = _pool(np.tensordot(opponents, even, axes=(1, 2)), COLOUR_CELLS, COLOUR_SPREAD).ravel()
    return np.asarray(cells / (np.linalg.norm(cells) + FAINT_COLOUR), dtype=np.float32)


def _light(luma: _Floats) -> _Floats:
    cells = _pool(np.sqrt(luma)[None], COLOUR_CELLS, COLOUR_SPREAD)
    return _unit((cells - cells.mean()).ravel())


def _pool(planes: _Floats, cells: int, spread: float) -> _Floats:
    windows = _windows(planes.shape[1], cells, spread)
    return np.asarray(windows @ planes @ windows.T, dtype=np.float32)


@lru_cache(maxsize=8)
def _windows(length: int, cells: int, spread: float) -> _Floats:
    """Weights (cells, length) of a Gaussian around the centre of each cell."""
    centres = (np.arange(cells) + 0.5) * length / cells
    away = (np.arange(length) + 0.5 - centres[:, None]) / (spread * length / cells)
    weights = np.exp(-0.5 * away**2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _unit(vector: _Floats) -> _Floats:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 1e-3 else np.zeros_like(vector), dtype=np.float32)

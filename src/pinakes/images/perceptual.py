"""The perceptual hash of a picture: 256 signs of its low frequencies, as in PDQ, and its eight turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.core.types import Pixels

#: Names the hash; hashes of different revisions may not be compared.
REVISION = "centred-pdq-1"

#: Bytes of one hash.
HASH_BYTES = 32

#: Quality below which the authors of PDQ advise not to compare ("PDQ & TMK + PDQF", Facebook 2019).
MINIMUM_QUALITY = 49

#: Side, in cells, of the luma grid that the hash is read from, and orders of frequency kept on each axis.
GRID, ORDERS = 64, 16

#: The reference implementation hashes no picture with a side shorter than this, in pixels.
SHORTEST_SIDE = 5

#: ITU-R BT.601 weights of red, green and blue in luma, as in the reference implementation.
LUMA = ((0.299, 0.587, 0.114),)

#: Divides the sum of quantised gradients into 0..100 (reference implementation).
GRADIENTS_PER_POINT = 90

#: Coefficients no larger than this are zero: ten times the rounding of float32 sums, so that the hash of a
#: symmetric or plain picture does not depend on the machine. One grey level of a pure wave gives 32.
NOTHING = 0.02

#: Hashes turned at a time, to bound memory (8 MB of bits).
TURNED_AT_A_TIME = 4096

_Floats = NDArray[np.float32]
_Tent = Callable[[int], _Floats]


class Symmetry(IntEnum):
    """A turn of a picture: mirrored left to right first where said, then quarter turns counter-clockwise."""

    UNCHANGED = 0
    ROTATED_90 = 1
    ROTATED_180 = 2
    ROTATED_270 = 3
    MIRRORED = 4
    MIRRORED_ROTATED_90 = 5
    MIRRORED_ROTATED_180 = 6
    MIRRORED_ROTATED_270 = 7

    @property
    def inverse(self) -> Symmetry:
        """The turn that undoes this one."""
        swapped = {Symmetry.ROTATED_90: Symmetry.ROTATED_270, Symmetry.ROTATED_270: Symmetry.ROTATED_90}
        return swapped.get(self, self)


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """32 bytes (bit k of the big-endian number is frequency k, row by row) and a quality from 0 to 100.

    The quality counts the clear gradients of the picture. Below `MINIMUM_QUALITY` (plain walls, black
    frames, skies) the bits carry mostly noise, and a small distance proves nothing: do not compare.
    """

    bits: bytes
    quality: int


def perceptual_hash(pixels: Pixels) -> PerceptualHash:
    """Hash a picture so that copies lie within a small Hamming distance, turned ones after `turned`.

    Takes uint8 RGB (height, width, 3), best with a long side of at most 512 px. The method is PDQ
    (Facebook 2019: tent filter to 64 by 64 luma, 16 by 16 DCT without the zeroth orders) with two changes.
    The tent filter is centred on its cell and integrated over pixels, where the reference decimates off
    centre by up to a pixel; and a bit is the sign of its coefficient, where the reference compares with the
    median. So a mirrored or rotated picture has the same bits, moved and inverted, and one stored hash
    serves all eight turns: of the reference's own rotated and mirrored samples ours are 0 or 1 bit apart,
    its hashes up to 18. Measured by `benchmarks/hash_peers.py` on 200 photos and 17 kinds of copies: 78 %
    lie within distance 10, against 72 % by the reference with every turn hashed anew, and no unrelated
    pair of 677,016 within 87 (reference: 81).

    Raises:
        ValueError: the array is no uint8 RGB picture.
    """
    if _too_small(pixels):
        return PerceptualHash(bytes(HASH_BYTES), 0)
    grid = _grid(pixels, _centred_tent)
    return PerceptualHash(_packed(_spectrum(grid) > NOTHING), _quality(grid))


def pdq(pixels: Pixels) -> PerceptualHash:
    """Hash a picture exactly as PDQ's reference implementation does, to compare with other people's hashes.

    Takes uint8 RGB (height, width, 3); `bits.hex()` is the notation of the reference. Equal bit for bit to
    the reference on 170 of 170 photos at 512 px.

    Raises:
        ValueError: the array is no uint8 RGB picture.
    """
    if _too_small(pixels):
        return PerceptualHash(bytes(HASH_BYTES), 0)
    grid = _grid(pixels, _reference_tent)
    spectrum = _spectrum(grid)
    median = np.partition(spectrum, spectrum.size // 2 - 1, axis=None)[spectrum.size // 2 - 1]
    return PerceptualHash(_packed(spectrum > median), _quality(grid))


def turned(hashes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The hashes that the pictures would have after each `Symmetry`, from their hashes alone.

    Takes uint8 (n, 32) and returns uint8 (n, 8, 32), the second axis in the order of `Symmetry`. A mirror
    changes the sign of every other frequency and a transposition exchanges the axes (PDQ reference), so
    for hashes of `perceptual_hash` this is exact, and turning both pictures never changes a distance.
    """
    turns = np.empty((len(hashes), len(Symmetry), HASH_BYTES), dtype=np.uint8)
    for start in range(0, len(hashes), TURNED_AT_A_TIME):
        turns[start : start + TURNED_AT_A_TIME] = _turned(hashes[start : start + TURNED_AT_A_TIME])
    return turns


def _turned(hashes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    bits = np.unpackbits(hashes, axis=1)[:, ::-1].reshape(-1, ORDERS, ORDERS)
    odd = (np.arange(ORDERS, dtype=np.uint8) + 1) % 2  # row k holds order k + 1; odd orders change sign
    turns = np.empty((len(bits), len(Symmetry), ORDERS, ORDERS), dtype=np.uint8)
    for first, turn in ((Symmetry.UNCHANGED, bits), (Symmetry.MIRRORED, bits ^ odd)):
        for quarter in range(4):
            turns[:, first + quarter] = turn
            turn = turn.transpose(0, 2, 1) ^ odd[:, None]  # a quarter turn: transpose, then upside down
    return np.packbits(turns.reshape(len(bits), len(Symmetry), -1)[:, :, ::-1], axis=2)


def _too_small(pixels: Pixels) -> bool:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"expected uint8 RGB (height, width, 3), got {pixels.dtype} {pixels.shape}")
    height, width, _ = pixels.shape
    return bool(min(height, width) < SHORTEST_SIDE)


def _grid(pixels: Pixels, tent: _Tent) -> _Floats:
    luma = cv2.transform(pixels.astype(np.float32), np.array(LUMA, dtype=np.float32))
    height, width = luma.shape
    return np.asarray(tent(height) @ luma @ tent(width).T, dtype=np.float32)


def _spectrum(grid: _Floats) -> _Floats:
    return np.asarray(_cosines() @ grid @ _cosines().T, dtype=np.float32)


def _packed(bits: NDArray[np.bool_]) -> bytes:
    return np.packbits(bits.ravel()[::-1]).tobytes()


def _quality(grid: _Floats) -> int:
    steps = sum(int(np.abs(np.trunc(np.diff(grid, axis=axis) * 100 / 255)).sum()) for axis in (0, 1))
    return min(100, steps // GRADIENTS_PER_POINT)


@lru_cache(maxsize=1)
def _cosines() -> _Floats:
    order = np.arange(1, ORDERS + 1)[:, None]
    place = 2 * np.arange(GRID)[None, :] + 1
    return np.asarray(np.sqrt(2 / GRID) * np.cos(np.pi / 2 / GRID * order * place), dtype=np.float32)


@lru_cache(maxsize=64)
def _centred_tent(length: int) -> _Floats:
    """Weights (64, length) of a tent over two cells around each cell's centre, integrated over pixels."""
    centres = (np.arange(GRID) + 0.5) * length / GRID
    edges = np.arange(length + 1)
    reach = np.clip((edges[None, :] - centres[:, None]) / max(length / GRID, 1.0), -1, 1)
    weights = np.diff(reach - np.sign(reach) * reach**2 / 2, axis=1)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=64)
def _reference_tent(length: int) -> _Floats:
    """Weights (64, length) of the reference: two box filters (Jarosz 2001), then the pixel at the centre."""
    window = -(-length // (2 * GRID))
    centres = ((np.arange(GRID) + 0.5) * length / GRID).astype(np.intp)
    twice = _box(centres, length, window) @ _box(np.arange(length), length, window)
    return np.asarray(twice, dtype=np.float32)


def _box(centres: NDArray[np.intp], length: int, window: int) -> NDArray[np.float64]:
    place = np.arange(length)[None, :]
    inside = (place >= centres[:, None] - (window - 1) // 2) & (place <= centres[:, None] + window // 2)
    return np.asarray(inside / inside.sum(axis=1, keepdims=True))

"""How one picture lies on another, so that the pages can lay copies over one another pixel by pixel."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.errors import NotFound
from pinakes.core.types import Refusal
from pinakes.duplicates.evidence.copies import Picture, verify
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.scope import load_assets
from pinakes.images import thumbnails
from pinakes.images.jpeg_quality import jpeg_quality
from pinakes.images.processes import Workers
from pinakes.services.opened import Library

#: Fewest points that must agree on a map, unless the frames lie on one another whole: a wrong map misleads.
_LEAST_POINTS = 10

#: Largest distance of a corner from where a turn of the whole frame puts it, as a share of the frame, that is
#: taken for the error of the measurement.
_WHOLE = 0.012

#: The ways in which a frame can lie on itself: turns by a quarter, each also mirrored; unit square to itself.
_TURNS = tuple(
    np.array([[a, b, (1 - a - b) / 2], [c, d, (1 - c - d) / 2], [0, 0, 1]], dtype=np.float64)
    for a, b, c, d in (
        (1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0),
        (-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0),
    )
)  # fmt: skip

#: Side in pixels at which whole frames are compared, and the least correlation of those that are alike.
_SIDE, _ALIKE = 32, 0.9

_CORNERS = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=np.float64).T


def beside(library: Library, pictures: Pictures, workers: Workers, sha256: str, other: str) -> dict[str, Any]:
    """Compare two contents, some 30 ms.

    `matrix` takes homogeneous coordinates of the first picture to the second, both as shares of width and
    height, row by row; null where no map was found. `quality` is the JPEG quality of both.

    Raises:
        NotFound: a content is not in the library, or its file is gone.
    """
    first, second = _pixels(pictures, sha256), _pixels(pictures, other)
    seen = verify(Picture.of(first), Picture.of(second))
    if seen.matrix is not None and (seen.matches == 0 or seen.inliers >= _LEAST_POINTS):
        matrix: NDArray[np.float64] | None = _shares(seen.matrix, first, second)
    else:
        matrix = _turn(first, second)
    return {
        "matrix": None if matrix is None else [float(f"{number:.7g}") for number in matrix.ravel()],
        "score": round(seen.score, 4),
        "points": seen.inliers,
        "mirrored": matrix is not None and bool(np.linalg.det(matrix[:2, :2]) < 0),
        "overlap": _overlap(matrix),
        "quality": [_quality(library, workers, name) for name in (sha256, other)],
    }


def _pixels(pictures: Pictures, sha256: str) -> NDArray[np.uint8]:
    encoded = pictures.thumbnail(sha256)
    if encoded is None:
        raise NotFound(f"There is no content {sha256} in the library, or its file is gone.")
    return thumbnails.decode(encoded)


def _shares(matrix: NDArray[np.float64], a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The map in shares of the frames; one that is a turn of the whole frame but for noise is made exact."""
    found = np.linalg.inv(_to_pixels(b)) @ matrix @ _to_pixels(a)
    found = found / found[2, 2]
    moved = found @ _CORNERS
    for turn in _TURNS:
        if np.abs(moved[:2] / moved[2] - (turn @ _CORNERS)[:2]).max() < _WHOLE:
            return turn
    return np.asarray(found)


def _turn(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """The turn of the whole frame under which two pictures with few points are alike, or None."""
    small_a, small_b = _small(a), _small(b)
    alike = [float((_turned(small_a, turn) * small_b).mean()) for turn in _TURNS]
    best = int(np.argmax(alike))
    return _TURNS[best] if alike[best] > _ALIKE else None


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Grey, 32 × 32, of mean 0 and deviation 1."""
    grey = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = np.asarray(grey, dtype=np.float64)
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6))


def _turned(small: NDArray[np.float64], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE]
    centres = np.stack([columns + 0.5, rows + 0.5, np.full_like(rows, _SIDE)]) / _SIDE
    x, y = (np.tensordot(turn, centres, axes=1)[:2] * _SIDE).astype(int)
    moved = np.empty_like(small)
    moved[y, x] = small
    return moved


def _overlap(matrix: NDArray[np.float64] | None) -> list[float] | None:
    """Share of the first frame that the second shows, and the other way round, on a grid of 64 × 64."""
    if matrix is None:
        return None
    return [round(_inside(matrix), 3), round(_inside(np.asarray(np.linalg.inv(matrix))), 3)]


def _inside(matrix: NDArray[np.float64]) -> float:
    places = (np.mgrid[0:64, 0:64].reshape(2, -1) + 0.5) / 64
    x, y, depth = matrix @ np.vstack([places, np.ones(places.shape[1])])
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = (depth > 0) & (x >= 0) & (x <= depth) & (y >= 0) & (y <= depth)
    return float(seen.mean())


def _to_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """From shares of a frame to its pixels, whose centres have whole numbers."""
    height, width = pixels.shape[:2]
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1]], dtype=np.float64)


def _quality(library: Library, workers: Workers, sha256: str) -> int | None:
    for asset in load_assets(library.engine, ("/",), [sha256]).get(sha256, ()):
        if asset.format != "JPEG":
            return None
        try:
            unchanged = os.stat(asset.path).st_mtime_ns == asset.mtime_ns  # noqa: PTH116
        except OSError:
            continue
        found = workers.run(jpeg_quality, asset.path) if unchanged else None
        return None if isinstance(found, Refusal) else found
    return None

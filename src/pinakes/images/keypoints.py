"""Local features of a reduced image: SIFT points spread over the frame, with RootSIFT descriptors in bytes.

Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (IJCV 2004); Arandjelović and Zisserman,
"Three things everyone should know to improve object retrieval" (CVPR 2012) for RootSIFT.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: Names this extraction; changes whenever the same pixels would give other features.
REVISION: Final = "sift-224-1"
#: Long side, in pixels, at which points are sought. Sought at 384 they are three times dearer, and found less
#: often again inside collages and screenshots, because fine texture crowds out the structure that survives.
WORKING_SIDE: Final = 224
#: The most an image smaller than WORKING_SIDE is enlarged.
MAX_ENLARGEMENT: Final = 2.0
#: Points kept, at the most.
MAX_POINTS: Final = 300
#: Points described before the spatially even choice, strongest first.
DETECTED_POINTS: Final = 450
#: A root of a descriptor share of 1.0 is written as this number of byte steps (0.5 and above saturates).
BYTE_SCALE: Final = 510.0
#: Side of the grid over which points are spread.
GRID: Final = 6
#: Multiplications up to which OpenBLAS does a product without threads of its own.
_SINGLE_THREADED = 1 << 18
#: Multiplications up to which OpenBLAS does a product without threads of its own.
_SINGLE_THREADED = 1 << 18
_LAYERS, _CONTRAST, _EDGE, _SIGMA = 3, 0.01, 12.0, 1.6


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """The local features of one image, best for indexing first.

    `points` is (n, 4) float32: x, y and scale (diameter) in pixels of the image given to `extract`, and the
    angle in radians. `descriptors` is (n, 128) uint8, of Euclidean length near `BYTE_SCALE`. `width` and
    `height` are those of the image.
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    width: int
    height: int

    def __len__(self) -> int:
        """Count the points."""
        return len(self.points)


def extract(pixels: NDArray[np.uint8]) -> LocalFeatures:
    """Find and describe up to `MAX_POINTS` points of an RGB image (H, W, 3) uint8.

    The same pixels always give the same features. An image without texture, or under 8 pixels on a side,
    gives none.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < 8:
        return _nothing(width, height)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ratio = min(MAX_ENLARGEMENT, WORKING_SIDE / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    if ratio != 1:
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    sift = cv2.SIFT.create(DETECTED_POINTS, _LAYERS, _CONTRAST, _EDGE, _SIGMA)
    found, raw = sift.detectAndCompute(grey, None)
    if raw is None or not len(found):
        return _nothing(width, height)
    points = np.array([(*p.pt, p.size, np.deg2rad(p.angle), p.response) for p in found], dtype=np.float32)
    order = evenly(points[:, :2] / (size[0], size[1]), points[:, 4] * np.sqrt(points[:, 2]))[:MAX_POINTS]
    points = points[order, :4]
    points[:, 0] *= width / size[0]
    points[:, 1] *= height / size[1]
    points[:, 2] /= ratio
    return LocalFeatures(points, _rooted(np.asarray(raw, dtype=np.float32)[order]), width, height)


def evenly(places: NDArray[np.float32], strengths: NDArray[np.float32]) -> NDArray[np.intp]:
    """Order points so that each prefix is spread over the frame: the best of each grid cell, then the second,
    …

    `places` is (n, 2) in the unit square, `strengths` is (n,); higher is better. Ties keep their given order.
    """
    cells = np.clip((places * GRID).astype(np.intp), 0, GRID - 1) @ np.array([1, GRID])
    order = np.lexsort((-strengths, cells))
    starts = np.searchsorted(cells[order], np.arange(GRID * GRID))
    rank = np.empty(len(places), np.intp)
    rank[order] = np.arange(len(places)) - starts[cells[order]]
    return np.lexsort((-strengths, rank))


def mirrored(features: LocalFeatures) -> LocalFeatures:
    """Return the features that the left-right mirrored image would have, without looking at pixels again."""
    points = features.points.copy()
    points[:, 0] = features.width - 1 - points[:, 0]
    points[:, 3] = np.mod(np.pi - points[:, 3], 2 * np.pi)
    return LocalFeatures(points, features.descriptors[:, MIRROR], features.width, features.height)


def products(rows: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply matrices (n, d) and (d, m) on the calling thread alone.

    The work is cut so small that the linear algebra library starts no threads of its own: these spin while
    they wait, and made matching ten times dearer where several threads or processes share the cores.
    """
    height = max(1, _SINGLE_THREADED // columns.size)
    slabs = -(-len(rows) // height)
    padded = np.zeros((slabs * height, rows.shape[1]), dtype=np.float32)
    padded[: len(rows)] = rows
    result = padded.reshape(slabs, height, rows.shape[1]) @ np.ascontiguousarray(columns)
    return np.asarray(result.reshape(slabs * height, columns.shape[1])[: len(rows)], dtype=np.float32)


def _mirror_permutation() -> NDArray[np.intp]:
    """Bins of a mirrored patch: rows of the 4 × 4 grid reversed, the 8 orientations counted the other way."""
    row, column, bin_ = np.unravel_index(np.arange(128), (4, 4, 8))
    return np.asarray(((3 - row) * 4 + column) * 8 + (8 - bin_) % 8, dtype=np.intp)


#: descriptor[MIRROR] describes the mirrored patch.
MIRROR: Final = _mirror_permutation()


def _rooted(raw: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Square root of the L1-normalised histogram, in bytes."""
    share = raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6)
    return np.asarray(np.minimum(np.rint(np.sqrt(share) * BYTE_SCALE), 255), dtype=np.uint8)


def _nothing(width: int, height: int) -> LocalFeatures:
    return LocalFeatures(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8), width, height)

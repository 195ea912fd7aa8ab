"""Geometric verification: which points of two images match under one plane-to-plane mapping.

Matches are mutual nearest neighbours that pass Lowe's ratio test; each match alone votes for a similarity
(Philbin et al., "Object retrieval with large vocabularies", CVPR 2007); the homography is fitted to the
consensus by MAGSAC++ (Barath et al., CVPR 2020).
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.images.keypoints import MIRROR, LocalFeatures, products

#: Largest quotient of the nearest and second nearest descriptor distance (either way round).
RATIO: Final = 0.87
#: Largest distance of matched descriptors of unit length.
FAR: Final = 0.75
#: A match agrees with a similarity when it lands within this share of the other image's long side,
#: with a scale within e^0.6 and an angle within 0.5 radian.
PLACE_TOLERANCE: Final = 0.032
_SCALE_TOLERANCE, _ANGLE_TOLERANCE = 0.6, 0.5
#: Fewest matches that make a consensus.
FEWEST: Final = 5
#: With fewer inliers than this an affine map is fitted instead of a homography.
_FEWEST_FOR_HOMOGRAPHY = 10
#: Largest inlier distance in pixels of an image whose long side is 384.
_INLIER_DISTANCE = 3.0
#: A map is refused when it changes areas more than this, either way.
_AREA_CHANGE = 150.0
#: A map is refused when opposite sides of the warped frame differ by more than this factor.
_SIDE_CHANGE = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How image a lies on image b.

    `matrix` is (3, 3) float64 and takes homogeneous pixel coordinates of a to b; where `mirrored`, its
    determinant is negative. `inliers` of `matches` agree; `residual` is the median inlier distance in pixels
    of an image with long side 384; `area` is the factor by which areas grow from a to b.
    """

    matrix: NDArray[np.float64]
    matches: int
    inliers: int
    residual: float
    area: float
    mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Matches:
    """Matched points, (m, 4) each, those of b as in the mirrored image where `mirrored`."""

    a: NDArray[np.float32]
    b: NDArray[np.float32]
    mirrored: bool


def align(a: LocalFeatures, b: LocalFeatures) -> Alignment | None:
    """Find the map from a to b, mirrored or not, or None where none is supported by enough points.

    Deterministic: the same features give the same alignment.
    """
    if min(len(a), len(b)) < FEWEST:
        return None
    upright = _consensus(_matches(a, b, mirrored=False), b)
    turned = _consensus(_matches(a, b, mirrored=True), b)
    best = max(upright, turned, key=lambda found: len(found[1]))
    return None if len(best[1]) < FEWEST else _fit(best[0], best[1], a, b)


def _matches(a: LocalFeatures, b: LocalFeatures, *, mirrored: bool) -> _Matches:
    other = b.descriptors[:, MIRROR] if mirrored else b.descriptors
    near = products(_unit(a.descriptors), _unit(other).T)
    forth, back = near.argmax(axis=1), near.argmax(axis=0)
    rows = np.flatnonzero(back[forth] == np.arange(len(forth)))
    best = near[rows, forth[rows]]
    second = np.maximum(_second(near)[rows], _second(near.T)[forth[rows]])
    distance = np.sqrt(np.maximum(0, 2 - 2 * best))
    kept = (distance < FAR) & (distance < RATIO * np.sqrt(np.maximum(1e-6, 2 - 2 * second)))
    rows = rows[kept]
    points = b.points[forth[rows]].copy()
    if mirrored:
        points[:, 0] = b.width - 1 - points[:, 0]
        points[:, 3] = np.pi - points[:, 3]
    return _Matches(a.points[rows], points, mirrored)


def _unit(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = descriptors.astype(np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1), dtype=np.float32)


def _second(near: NDArray[np.float32]) -> NDArray[np.float32]:
    """Second largest value of each row."""
    return np.partition(near, near.shape[1] - 2, axis=1)[:, -2]


def _consensus(matches: _Matches, b: LocalFeatures) -> tuple[_Matches, NDArray[np.intp]]:
    """Indices of the matches that agree with the similarity most of them support."""
    if len(matches.a) < FEWEST:
        return matches, np.zeros(0, np.intp)
    p = matches.a[:, 0] + 1j * matches.a[:, 1]
    q = matches.b[:, 0] + 1j * matches.b[:, 1]
    scale = np.log(matches.b[:, 2] / matches.a[:, 2])
    angle = matches.b[:, 3] - matches.a[:, 3]
    turn = np.exp(scale + 1j * angle)
    landed = q[:, None] + turn[:, None] * (p[None, :] - p[:, None])
    tolerance = PLACE_TOLERANCE * max(b.width, b.height) * np.clip(np.exp(scale), 0.4, 1.0)
    agree = np.abs(landed - q[None, :]) < tolerance[:, None]
    agree &= np.abs(scale[:, None] - scale[None, :]) < _SCALE_TOLERANCE
    agree &= np.cos(angle[:, None] - angle[None, :]) > np.cos(_ANGLE_TOLERANCE)
    return matches, np.flatnonzero(agree[int(agree.sum(axis=1).argmax())])


def _fit(matches: _Matches, chosen: NDArray[np.intp], a: LocalFeatures, b: LocalFeatures) -> Alignment | None:
    """Fit the map to the chosen matches, and refuse it where it folds or stretches the frame absurdly."""
    source = matches.a[chosen, :2].astype(np.float64)
    target = matches.b[chosen, :2].astype(np.float64)
    unit = max(b.width, b.height) / 384
    fitted = _homography(source, target, unit) if len(chosen) >= _FEWEST_FOR_HOMOGRAPHY else None
    if fitted is None:
        fitted = _affine(source, target)
    distance = np.hypot(*(warp_points(fitted, source) - target).T)
    inliers = distance < _INLIER_DISTANCE * unit
    area = plausible_area(fitted, a.width, a.height)
    if int(inliers.sum()) < FEWEST or area is None:
        return None
    if matches.mirrored:
        fitted = np.array([[-1.0, 0, b.width - 1], [0, 1, 0], [0, 0, 1]]) @ fitted
    residual = float(np.median(distance[inliers])) / unit
    return Alignment(fitted, len(matches.a), int(inliers.sum()), residual, area, matches.mirrored)


def _homography(
    source: NDArray[np.float64], target: NDArray[np.float64], unit: float
) -> NDArray[np.float64] | None:
    matrix, mask = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, _INLIER_DISTANCE * unit, maxIters=1000, confidence=0.999
    )
    if matrix is None or int(mask.sum()) < _FEWEST_FOR_HOMOGRAPHY - 2:
        return None
    return np.asarray(matrix, dtype=np.float64)


def _affine(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares over the matches, those far from a first fit left out of the second."""
    kept = np.ones(len(source), dtype=bool)
    matrix = np.eye(3)
    for _ in range(2):
        design = np.column_stack([source[kept], np.ones(int(kept.sum()))])
        matrix[:2] = np.linalg.lstsq(design, target[kept], rcond=None)[0].T
        distance = np.hypot(*(warp_points(matrix, source) - target).T)
        kept = distance <= max(2.5 * float(np.median(distance)), 1e-6)
        if int(kept.sum()) < FEWEST - 1:
            break
    return matrix


def warp_points(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take (n, 2) points through a (3, 3) homography."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    depth = moved[:, 2:]
    return np.asarray(moved[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth), dtype=np.float64)


def frame_corners(width: float, height: float) -> NDArray[np.float64]:
    """The four corners of a frame, clockwise from the top left, (4, 2) float64."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)


def plausible_area(matrix: NDArray[np.float64], width: int, height: int) -> float | None:
    """Return the factor by which the frame's area grows, or None where no flat copy could look like that."""
    depth = frame_corners(width, height) @ matrix[2, :2] + matrix[2, 2]
    if not np.isfinite(matrix).all() or (depth <= 1e-6).any():
        return None
    corners = warp_points(matrix, frame_corners(width, height))
    sides = np.roll(corners, -1, axis=0) - corners
    turns = np.cross(np.pad(sides, ((0, 0), (0, 1))), np.pad(np.roll(sides, -1, axis=0), ((0, 0), (0, 1))))[
        :, 2
    ]
    if not ((turns > 0).all() or (turns < 0).all()):
        return None
    lengths = np.hypot(*sides.T)
    quotient = lengths[:2] / np.maximum(lengths[2:], 1e-6)
    if (quotient > _SIDE_CHANGE).any() or (quotient < 1 / _SIDE_CHANGE).any():
        return None
    x, y = corners.T
    area = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / (width * height)
    return area if 1 / _AREA_CHANGE < area < _AREA_CHANGE else None

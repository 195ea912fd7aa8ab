"""Pixel agreement of two aligned images: what separates an edited copy from a second take of the same scene.

A copy with something pasted over it disagrees in one compact place and agrees to a fraction of a pixel
everywhere else; a second take disagrees a little everywhere, and what remains after the best plane-to-plane
map is parallax. So the map is refined, and both the displacement that is left and the local correlation are
measured.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.images.displacement import (
    Grey,
    Mask,
    Matrix,
    View,
    Windows,
    flow_of,
    refined,
    shrunk,
    windows_of,
)
from pinakes.images.homography import frame_corners, plausible_area, warp_points

#: Long side, in pixels, at which the common region is compared.
COMPARED_SIDE: Final = 224
#: Least share of both frames that the common region must cover, where it covers little of either.
LEAST_OVERLAP: Final = 0.02
#: Fewest textured windows that can tell anything.
FEWEST_WINDOWS: Final = 30
#: Side of the window of the local correlation, which is sampled every `_STRIDE` pixels.
_WINDOW, _STRIDE = 9, 3
_SAMPLED = (slice(_WINDOW // 2, -(_WINDOW // 2), _STRIDE),) * 2
#: Least standard deviation, in grey levels, of a window that counts as textured.
_TEXTURE = 4.0
#: A patch of wrong windows at least so many windows wide is solid; a line of text is not.
_PATCH = 9
#: Displacement, in pixels, that is assumed where too little texture is left to measure it.
_UNKNOWN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """What two aligned images have in common; shares are of the textured windows of the common region.

    median: median local correlation, -1 to 1. exact, wrong: shares that correlate above .9, below .4.
    solid: share of the whole region in patches of wrong windows. parallax: median displacement left after
    refinement, in pixels at `COMPARED_SIDE`. drift, bend: median and 80 % quantile of displacement averaged
    over neighbours, which noise does not touch. textured: textured windows over all. page: share of the
    region that is bare ground once thin strokes are wiped off, as on pages of text. overlap_a, overlap_b:
    share of each frame in the common region. matrix: (3, 3), the refined map from a to b.
    """

    median: float
    exact: float
    wrong: float
    solid: float
    parallax: float
    drift: float
    bend: float
    textured: float
    page: float
    overlap_a: float
    overlap_b: float
    matrix: Matrix


def agreement(a: NDArray[np.uint8], b: NDArray[np.uint8], matrix: Matrix) -> Agreement | None:
    """Warp RGB image a (H, W, 3) by `matrix` (a → b) onto RGB image b, refine the map, and measure.

    Returns None where the frames hardly overlap or hold too little texture to tell.
    """
    area = plausible_area(matrix, a.shape[1], a.shape[0])
    if area is None:
        return None
    if area <= 1:
        return _compared(a, b, matrix, area)
    turned = _compared(b, a, np.asarray(np.linalg.inv(matrix), dtype=np.float64), 1 / area)
    return None if turned is None else _reversed(turned)


def _compared(
    moving: NDArray[np.uint8], still: NDArray[np.uint8], matrix: Matrix, area: float
) -> Agreement | None:
    placed = _place(_grey(moving), _grey(still), matrix, area)
    if placed is None:
        return None
    view = refined(placed.view)
    final = np.linalg.inv(placed.into_still) @ view.matrix @ placed.from_moving
    return _measure(view, np.asarray(final / final[2, 2], dtype=np.float64), (moving.shape, still.shape))


def _reversed(seen: Agreement) -> Agreement:
    """The same with a and b exchanged."""
    back = np.linalg.inv(seen.matrix)
    return replace(
        seen, overlap_a=seen.overlap_b, overlap_b=seen.overlap_a, matrix=np.asarray(back / back[2, 2])
    )


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A view at the size of comparison, and the maps into it from the pixels of both full images."""

    view: View
    into_still: Matrix
    from_moving: Matrix


def _place(moving: Grey, still: Grey, matrix: Matrix, area: float) -> _Placed | None:
    """Cut the common region out of `still`, and bring both images to the size they are compared at."""
    height, width = still.shape
    corners = warp_points(matrix, frame_corners(moving.shape[1], moving.shape[0]))
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, (width, height))
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, 0, (width, height))
    if min(right - left, bottom - top) < 2 * _WINDOW:
        return None
    ratio = min(1.0, COMPARED_SIDE / max(right - left, bottom - top))
    canvas, scaled = shrunk(still[top:bottom, left:right], ratio)
    into_still = scaled @ np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], dtype=np.float64)
    small, from_moving = shrunk(moving, min(1.0, float(np.sqrt(area)) * ratio))
    if min(*canvas.shape, *small.shape) < _WINDOW:
        return None
    soft = [np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), dtype=np.float32) for image in (canvas, small)]
    view = View(soft[0], soft[1], into_still @ matrix @ np.linalg.inv(from_moving))
    return _Placed(view, into_still, from_moving)


def _measure(view: View, final: Matrix, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Agreement | None:
    shares = _inside(final, *shapes), _inside(np.linalg.inv(final), *shapes[::-1])
    warped, known = view.warped()
    local, inside = windows_of(view.still, warped, _WINDOW)[_SAMPLED], known[_SAMPLED]
    textured = _textured(local) & inside & ~_clipped(local)
    if int(textured.sum()) < FEWEST_WINDOWS or (min(shares) < LEAST_OVERLAP and max(shares) < 0.3):
        return None
    values = local.correlation[textured]
    flow = flow_of(view)
    known_well = len(flow.steps) >= 6
    unit = COMPARED_SIDE / max(view.still.shape)
    left = unit * np.hypot(*flow.steps.T) if known_well else np.array([_UNKNOWN])
    drift = unit * np.hypot(*flow.smooth.T) if known_well else np.array([_UNKNOWN])
    return Agreement(
        median=float(np.median(values)),
        exact=float((values > 0.9).mean()),
        wrong=float((values < 0.4).mean()),
        solid=_solid(textured & (local.correlation < 0.4)) / int(inside.sum()),
        parallax=float(np.median(left)),
        drift=float(np.median(drift)),
        bend=float(np.quantile(drift, 0.8)),
        textured=len(values) / int(inside.sum()),
        page=min(_bare(view.still, known), _bare(warped, known)),
        overlap_a=shares[0],
        overlap_b=shares[1],
        matrix=final,
    )


def _textured(local: Windows) -> Mask:
    """Windows with structure in either image, in the grey levels of the image with more contrast."""
    still, moving = local.still_spread, local.moving_spread
    both = (still > 2) & (moving > 2)
    contrast = float(np.median(still[both] / moving[both])) if int(both.sum()) > 20 else 1.0
    contrast = float(np.clip(contrast, 0.33, 3))
    strength = np.maximum(still * max(1, 1 / contrast), moving * max(1, contrast))
    return np.asarray(strength > _TEXTURE, dtype=np.bool_)


def _clipped(local: Windows) -> Mask:
    """Windows burnt out, or drowned in black, in one image where the other is nearly so: they tell
    nothing.
    """
    sides = ((local.still_level, local.still_spread), (local.moving_level, local.moving_spread))
    clipped = np.zeros(local.correlation.shape, dtype=np.bool_)
    for (level, spread), (other, other_spread) in (sides, sides[::-1]):
        clipped |= (spread < 3) & (level > 248) & (other - 2 * other_spread > 160)
        clipped |= (spread < 3) & (level < 8) & (other + 2 * other_spread < 60)
    return clipped


def _bare(image: Grey, known: Mask) -> float:
    """Share of the pixels near the commonest grey level after strokes up to 8 pixels wide are wiped off."""
    level = np.clip(image, 0, 255).astype(np.uint8)
    ground = int(np.bincount(level[known] // 8, minlength=32).argmax()) * 8 + 4
    brush = np.ones((9, 9), np.uint8)
    wiped = (cv2.morphologyEx(level, act, brush)[known] for act in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
    return max(float((np.abs(bare.astype(np.int16) - ground) <= 14).mean()) for bare in wiped)


def _solid(wrong: Mask) -> int:
    """Count the wrong windows that lie in patches `_PATCH` windows wide."""
    filled = cv2.morphologyEx(wrong.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    brush = np.ones((_PATCH, _PATCH), np.uint8)
    return int(cv2.morphologyEx(filled, cv2.MORPH_OPEN, brush, borderType=cv2.BORDER_REPLICATE).sum())


def _inside(matrix: NDArray[np.floating], source: tuple[int, ...], target: tuple[int, ...]) -> float:
    """Share of the source frame (H, W, …) that lands in the target frame."""
    ys, xs = np.mgrid[0:24, 0:24] / 24 + 1 / 48
    places = np.column_stack([xs.ravel() * source[1], ys.ravel() * source[0]])
    moved = warp_points(np.asarray(matrix, dtype=np.float64), places)
    return float(((moved >= 0) & (moved < (target[1], target[0]))).all(axis=1).mean())

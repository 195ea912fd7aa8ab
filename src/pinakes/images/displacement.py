"""Dense displacement between two nearly aligned images, and the alignment it improves.

Lucas and Kanade, "An iterative image registration technique" (IJCAI 1981), on locally normalised pixels, so
that exposure and colour do not matter, with a robust fit of the homography to what the windows say.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.images.homography import plausible_area

Grey = NDArray[np.float32]
Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Side of the window in which displacement is measured; windows lie at half that distance.
_SIDE = 19
_GRID = (slice(_SIDE // 2, None, _SIDE // 2),) * 2
#: Least structure that fixes a displacement: smaller eigenvalue of the mean gradient product, in units of the
#: window's variance over pixels squared.
_LEAST_STRUCTURE = 0.01
#: Windows that are averaged where noise is to be told from displacement: a square of so many.
_NEIGHBOURS = (5, 5)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Both images on one canvas: `still` as it is, `moving` to be warped by `matrix` (moving → still)."""

    still: Grey
    moving: Grey
    matrix: Matrix

    def warped(self) -> tuple[Grey, Mask]:
        """Return the moving image on the canvas, and where it is known, some pixels inside its frame."""
        size = (self.still.shape[1], self.still.shape[0])
        image = cv2.warpPerspective(
            self.moving, self.matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        frame = np.ones(self.moving.shape, np.uint8)
        inside = cv2.warpPerspective(frame, self.matrix, size, flags=cv2.INTER_NEAREST)
        brush = np.ones((11, 11), np.uint8)
        known = cv2.erode(inside, brush, borderType=cv2.BORDER_CONSTANT, borderValue=(1,))
        return np.asarray(image, dtype=np.float32), known > 0


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Local statistics of two images, (H, W) each: correlation, -1 to 1, and mean and deviation in grey
    levels.
    """

    correlation: Grey
    still_spread: Grey
    moving_spread: Grey
    still_level: Grey
    moving_level: Grey

    def __getitem__(self, where: tuple[slice, ...]) -> "Windows":
        """Take every array at the same places."""
        return Windows(*(getattr(self, name)[where] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Displacement in pixels at places where texture fixes it, (k, 2) each; `smooth` is its mean over
    neighbours.

    What noise and compression leave is random from window to window and averages out; parallax does not.
    """

    places: Matrix
    steps: Matrix
    smooth: Matrix


def windows_of(still: Grey, moving: Grey, side: int) -> Windows:
    """Measure both images (H, W) in a square window of `side` pixels around each pixel."""
    s, m = _mean(still, side), _mean(moving, side)
    vs = np.maximum(_mean(still * still, side) - s * s, 0)
    vm = np.maximum(_mean(moving * moving, side) - m * m, 0)
    joint = _mean(still * moving, side) - s * m
    correlation = np.asarray(joint / np.sqrt((vs + 0.5) * (vm + 0.5)), dtype=np.float32)
    return Windows(correlation, np.sqrt(vs), np.sqrt(vm), s, m)


def flow_of(view: View) -> Flow:
    """Measure where the warped image must be read to look like the still one, in windows on a grid.

    One step of the method: about a quarter too long in fine texture, and good for up to two pixels.
    """
    warped, known = view.warped()
    local = windows_of(view.still, warped, _SIDE)
    one = (view.still - local.still_level) / (local.still_spread + 2)
    two = (warped - local.moving_level) / (local.moving_spread + 2)
    dx, dy = (cv2.Scharr(0.5 * (one + two), cv2.CV_32F, *axis, scale=1 / 32) for axis in ((1, 0), (0, 1)))
    products = (dx * dx, dx * dy, dy * dy, dx * (two - one), dy * (two - one))
    xx, xy, yy, xt, yt = (_mean(np.asarray(p, dtype=np.float32), _SIDE)[_GRID] for p in products)
    structure = (xx + yy) / 2 - np.sqrt((xx - yy) ** 2 / 4 + xy * xy)
    inside = _mean(known.astype(np.float32), _SIDE)[_GRID] > 0.9
    good = (structure > _LEAST_STRUCTURE) & inside & _reliable(local.correlation[_GRID])
    determinant = np.where(good, xx * yy - xy * xy, 1)
    steps = np.stack([xy * yt - yy * xt, xy * xt - xx * yt], axis=-1) / determinant[..., None]
    steps = np.where(good[..., None], np.clip(steps, -3, 3), 0).astype(np.float64)
    rows, columns = np.nonzero(good)
    places = (np.column_stack([columns, rows]) * (_SIDE // 2) + _SIDE // 2).astype(np.float64)
    return Flow(places, steps[good], _averaged(steps, np.where(good, structure, 0).astype(np.float64))[good])


def refined(view: View) -> View:
    """Improve the map by the displacement measured, at half size first."""
    if min(view.still.shape) >= 4 * _SIDE:
        half, into_half = shrunk(view.still, 0.5)
        moving, moving_into_half = shrunk(view.moving, 0.5)
        coarse = View(half, moving, into_half @ view.matrix @ np.linalg.inv(moving_into_half))
        for _ in range(2):
            coarse = _step(coarse)
        view = View(view.still, view.moving, np.linalg.inv(into_half) @ coarse.matrix @ moving_into_half)
    for _ in range(2):
        view = _step(view)
    return view


def shrunk(image: Grey, ratio: float) -> tuple[Grey, Matrix]:
    """Scale an image by `ratio` (1 at most), and return the map from its pixels to the scaled ones too."""
    if ratio >= 1:
        return image, np.eye(3)
    height, width = image.shape
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    x, y = size[0] / width, size[1] / height
    matrix = np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.float32), matrix


def _mean(image: Grey, side: int) -> Grey:
    return np.asarray(cv2.boxFilter(image, cv2.CV_32F, (side, side)), dtype=np.float32)


def _reliable(correlation: Grey) -> Mask:
    """Windows that look alike enough to be measured: the well correlated, or the fairly where those are
    few.
    """
    well = correlation > 0.8
    return well if int(well.sum()) >= 20 else np.asarray(correlation > 0.5, dtype=np.bool_)


def _averaged(steps: Matrix, weights: Matrix) -> Matrix:
    """Weighted mean of steps (rows, columns, 2) over neighbouring places."""
    total, moved = (
        cv2.boxFilter(values, cv2.CV_64F, _NEIGHBOURS, normalize=False, borderType=cv2.BORDER_CONSTANT)
        for values in (weights, steps * weights[..., None])
    )
    return np.asarray(moved / np.maximum(total, 1e-9)[..., None], dtype=np.float64)


def _step(view: View) -> View:
    """One robust update of the map, kept where the result is sane."""
    flow = flow_of(view)
    if len(flow.places) < 4:
        return view
    height, width = view.still.shape
    centre, unit = np.array([width / 2, height / 2]), max(width, height) / 2
    update = _undoing(flow.places - centre, flow.steps, unit)
    shift = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1]])
    matrix = shift @ update @ np.linalg.inv(shift) @ view.matrix
    if plausible_area(matrix, view.moving.shape[1], view.moving.shape[0]) is None:
        return view
    return View(view.still, view.moving, np.asarray(matrix / matrix[2, 2], dtype=np.float64))


def _undoing(places: Matrix, steps: Matrix, unit: float) -> Matrix:
    """The map near the identity that undoes `steps`, by reweighted least squares with Cauchy weights."""
    x, y = (places + steps).T / unit
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows_x, rows_y = [one, x, y, zero, zero, zero], [zero, zero, zero, one, x, y]
    if len(x) >= 24:
        rows_x += [x * x, x * y]
        rows_y += [x * y, y * y]
    design = np.stack([np.column_stack(rows_x), np.column_stack(rows_y)], axis=1)
    weights, solution = np.ones(len(x)), np.zeros(design.shape[2])
    for _ in range(4):
        weighted = design * weights[:, None, None]
        normal = np.einsum("kij,kil->jl", weighted, design) + 1e-3 * np.eye(design.shape[2])
        solution = np.linalg.solve(normal, -np.einsum("kij,ki->j", weighted, steps))
        left = np.hypot(*(steps + design @ solution).T)
        weights = 1 / (1 + (left / max(1.5 * float(np.median(left)), 0.02)) ** 2)
    p = np.zeros(8)
    p[: len(solution)] = solution / unit
    scale = np.diag([unit, unit, 1.0])
    near = np.array([[1 + p[1], p[2], p[0]], [p[4], 1 + p[5], p[3]], [-p[6], -p[7], 1]])
    return np.asarray(scale @ near @ np.linalg.inv(scale), dtype=np.float64)

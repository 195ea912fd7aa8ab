"""The copy tier's decision: are two pictures the same photograph, edited, or only the same scene?

Points are matched under a homography, the pixels of the common region are compared, and a logistic function
of what was measured gives the score. Its numbers are fitted by `benchmarks/fit_copies.py` on altered copies
of every second photo against library pairs, re-takes, forms and pages; `benchmarks/copies_accuracy.py`
measures on the other half.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence import vocabulary
from pinakes.images.agreement import Agreement, agreement
from pinakes.images.homography import Alignment, align
from pinakes.images.keypoints import LocalFeatures, extract

#: Names this decision; stored with the evidence.
REVISION: Final = f"copies-1+{vocabulary.REVISION}"

#: Least score of each preset. On 257 photos the weights were not fitted on, recall over 28 kinds of
#: alteration and precision, first of the decision alone (1,128 copies; 1,585 re-takes, forms, pages, screens,
#: look-alikes), then of index and decision together in one library of originals, copies and re-takes: strict
#: .927 and .9990, .915 and .9989; careful .973 and .9991, .967 and .9990; balanced .983 and .9991, .977 and
#: .9970; loose .995 and .988, .988 and .973. What is falsely accepted: a screen with another photo in it, and
#: synthetic bursts whose parallax is under a pixel; no pair of unrelated photos up to balanced. What is
#: missed: heavy lettering and pasted pictures. The thresholds were chosen with both halves in view.
PRESETS: Final = {"strict": 0.985, "careful": 0.95, "balanced": 0.9, "loose": 0.4}
#: Least correlation of whole frames, at 32 pixels, that are laid on one another for want of points.
LEAST_RESEMBLANCE: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One side of a comparison: reduced RGB pixels (H, W, 3) uint8 and their local features."""

    pixels: NDArray[np.uint8]
    features: LocalFeatures

    @classmethod
    def of(cls, pixels: NDArray[np.uint8]) -> "Picture":
        """Extract the features of `pixels`, of long side 384 at the most."""
        return cls(pixels, extract(pixels))


@dataclass(frozen=True, slots=True, eq=False)
class CopyEvidence:
    """What was found between pictures a and b.

    score: 0 to 1, as likely a copy as in the fitted mixture. inliers of matches: points that agree on one
    map; 0 where the frames were laid on one another whole. residual: median distance of the inliers, in
    pixels at long side 384. mirrored: whether b shows a the other way round. overlap_a, overlap_b: share of
    each frame in the common region. correlation: median local correlation there. wrong: share of its texture
    that disagrees. parallax: median displacement left, in pixels. matrix: (3, 3), pixel coordinates of a to
    b, or None where nothing was found.
    """

    score: float
    inliers: int = 0
    matches: int = 0
    residual: float = 0.0
    mirrored: bool = False
    overlap_a: float = 0.0
    overlap_b: float = 0.0
    correlation: float = 0.0
    wrong: float = 1.0
    parallax: float = 0.0
    matrix: NDArray[np.float64] | None = None


def verify(a: Picture, b: Picture) -> CopyEvidence:
    """Compare two pictures; deterministic, about 10 ms.

    Pictures that hold too little texture to tell (sky, a black frame) score 0.
    """
    alignment = align(a.features, b.features)
    if alignment is None:
        return _laid_whole(a, b)
    seen = agreement(a.pixels, b.pixels, alignment.matrix)
    if seen is None:
        return CopyEvidence(0.0, alignment.inliers, alignment.matches, alignment.residual, alignment.mirrored)
    return _evidence(score(seen), alignment, seen)


#: Weight of each of `MEASUREMENTS` in the log odds of a copy.
WEIGHTS: Final = (-0.68, -9.94, -10.55, -0.44, -5.94, -19.04, -18.74, -850.3)
#: Log odds where every measurement is zero.
BIAS: Final = 3.85
#: What the decision looks at, in the order of `WEIGHTS`.
MEASUREMENTS: Final = (
    "log_drift", "bend", "parallax", "middling", "wrong_area", "solid", "solid_above", "page_wrong"
)  # fmt: skip


def measurements(seen: Agreement) -> dict[str, float]:
    """What the logistic function is fitted on, by name; each speaks against a copy as it grows.

    log_drift, bend, parallax: displacement that no homography explains, of second takes. middling: share of
    texture that agrees neither well nor badly. wrong_area, solid: share of the region that disagrees, and
    that does so in patches; an overlay is below a tenth. page_wrong: disagreement on a page of text, where a
    few other words make another document.
    """
    return {
        "log_drift": float(np.log(np.clip(seen.drift, 0.01, 1))),
        "bend": min(seen.bend, 1.0),
        "parallax": min(seen.parallax, 1.0),
        "middling": 1 - seen.exact - seen.wrong,
        "wrong_area": seen.wrong * seen.textured,
        "solid": seen.solid,
        "solid_above": max(0.0, seen.solid - 0.1),
        "page_wrong": max(0.0, seen.page - 0.75) * min(seen.wrong, 0.1),
    }


def score(seen: Agreement) -> float:
    """Likelihood of a copy, 0 to 1, from the pixel agreement."""
    odds = BIAS + float(np.dot(WEIGHTS, [measurements(seen)[name] for name in MEASUREMENTS]))
    return float(1 / (1 + np.exp(-np.clip(odds, -60, 60))))


def _laid_whole(a: Picture, b: Picture) -> CopyEvidence:
    """Lay the frames on one another in the 8 ways they can lie, for pictures with too few points to align."""
    best = CopyEvidence(0.0)
    small_a, small_b = _small(a.pixels), _small(b.pixels)
    near = _turns(small_a.shape, small_b.shape)
    for turn, small in zip(_turns(a.pixels.shape, b.pixels.shape), near, strict=True):
        if not _alike(small_a, small_b, small):
            continue
        seen = agreement(a.pixels, b.pixels, turn)
        if seen is not None and min(seen.overlap_a, seen.overlap_b) > 0.9 and seen.median > 0.9:
            mirrored = bool(np.linalg.det(turn[:2, :2]) < 0)
            laid = _evidence(score(seen), Alignment(seen.matrix, 0, 0, 0.0, 1.0, mirrored), seen)
            best = max(best, laid, key=lambda evidence: evidence.score)
    return best


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _alike(a: NDArray[np.float32], b: NDArray[np.float32], turn: NDArray[np.float64]) -> bool:
    """Whether small grey frames correlate well enough to be worth a closer look."""
    moved = cv2.warpPerspective(a, turn, (b.shape[1], b.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    moved, still = moved - moved.mean(), b - b.mean()
    size = float(np.sqrt((moved * moved).sum() * (still * still).sum()))
    return size > 0 and float((moved * still).sum()) > LEAST_RESEMBLANCE * size


def _turns(a: tuple[int, ...], b: tuple[int, ...]) -> list[NDArray[np.float64]]:
    """The maps of pixels of frame a onto frame b by the 4 quarter turns, plain and mirrored."""
    into_unit, from_unit = (
        np.array([[width / 2, 0, (width - 1) / 2], [0, height / 2, (height - 1) / 2], [0, 0, 1]])
        for height, width in (a[:2], b[:2])
    )
    quarter, flip = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.diag([-1.0, 1, 1])
    return [
        from_unit @ np.linalg.matrix_power(quarter, turns) @ side @ np.linalg.inv(into_unit)
        for side in (np.eye(3), flip)
        for turns in range(4)
    ]


def _evidence(score_: float, alignment: Alignment, seen: Agreement) -> CopyEvidence:
    return CopyEvidence(
        score_,
        alignment.inliers,
        alignment.matches,
        alignment.residual,
        alignment.mirrored,
        seen.overlap_a,
        seen.overlap_b,
        seen.median,
        seen.wrong,
        seen.parallax,
        seen.matrix,
    )

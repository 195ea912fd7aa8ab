"""Visual words: which cell of descriptor space a local feature falls in, and a code for where in the cell.

Two levels of k-means give the word (Nistér and Stewénius, CVPR 2006); the signs of a rotated difference to
the cell's centre give the code (Jégou, Douze and Schmid, "Hamming embedding", ECCV 2008). A descriptor and
its mirror image are first brought to one canonical side, so that mirrored copies meet in the same words at no
extra cost. The vocabulary is learnt from painted scenes, by `benchmarks/train_vocabulary.py`; no photograph
is in it.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence.local_signature import LocalSignature, packed
from pinakes.images.keypoints import MIRROR, LocalFeatures, products
from pinakes.images.keypoints import REVISION as KEYPOINTS_REVISION

#: Names how signatures are made; signatures are comparable only where it is equal.
REVISION: Final = f"words-8192-1+{KEYPOINTS_REVISION}"
#: Features of an image that are indexed, best first. With 14 bytes each, a signature stays under 1.8 KB.
INDEXED_FEATURES: Final = 128

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What maps descriptors to words and codes.

    side: (128,), a direction that mirroring reverses. mean: (128,) and axes: (128, d), the principal
    components. coarse: (k, d) and fine: (k, m, d), the centres of both levels. rotation: (d, 64), before the
    signs are taken. All float32.
    """

    side: Floats
    mean: Floats
    axes: Floats
    coarse: Floats
    fine: Floats
    rotation: Floats

    @property
    def words(self) -> int:
        """Number of words."""
        return int(self.fine.shape[0] * self.fine.shape[1])

    def signature(self, features: LocalFeatures) -> LocalSignature:
        """Index the best `INDEXED_FEATURES` of an image's features."""
        count = min(len(features), INDEXED_FEATURES)
        reduced, flipped = self.reduce(features.descriptors[:count])
        words, codes = self.assign(reduced)
        return packed(words, codes, flipped, features.points[:count], (features.width, features.height))

    def reduce(self, descriptors: NDArray[np.uint8]) -> tuple[Floats, NDArray[np.bool_]]:
        """Bring descriptors (n, 128) to their canonical side and onto the axes.

        Returns (n, d) float32, and which were flipped, (n,) bool.
        """
        unit = descriptors.astype(np.float32)
        unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1)
        flipped = unit @ self.side < 0
        unit[flipped] = unit[flipped][:, MIRROR]
        reduced = products(unit - self.mean, self.axes)
        return reduced, flipped

    def assign(self, reduced: Floats) -> tuple[NDArray[np.uint16], NDArray[np.uint64]]:
        """Word and code of each reduced descriptor (n, d): (n,) uint16 and (n,) uint64."""
        cells = nearest(reduced, self.coarse)
        leaves = np.empty(len(reduced), np.intp)
        for cell in np.unique(cells):
            inside = cells == cell
            leaves[inside] = nearest(reduced[inside], self.fine[cell])
        signs = products(reduced - self.fine[cells, leaves], self.rotation) > 0
        codes = np.packbits(signs, axis=1, bitorder="little").view("<u8").reshape(-1)
        return (cells * self.fine.shape[1] + leaves).astype(np.uint16), codes


def nearest(rows: Floats, centres: Floats) -> NDArray[np.intp]:
    """Index of the nearest centre (k, d) for each row (n, d)."""
    nearness = products(rows, centres.T) - 0.5 * (centres * centres).sum(axis=1)
    return np.asarray(nearness.argmax(axis=1), dtype=np.intp)


@cache
def load() -> Vocabulary:
    """Read the vocabulary that ships with the package, once."""
    with files("pinakes.duplicates.evidence").joinpath("vocabulary.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        parts = {
            name: stored[name].astype(np.float32) for name in ("side", "mean", "axes", "coarse", "rotation")
        }
        fine = stored["fine"].astype(np.float32) * float(stored["fine_step"])
    return Vocabulary(**parts, fine=fine + parts["coarse"][:, None, :])

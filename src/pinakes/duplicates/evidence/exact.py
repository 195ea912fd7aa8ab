"""The tiers that need no model: same bytes, same pixels, near perceptual hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.core.types import Tier
from pinakes.duplicates.evidence.hamming import HashPairs, pairs_within
from pinakes.duplicates.scope import Contents
from pinakes.duplicates.types import Evidence
from pinakes.images.perceptual import MINIMUM_QUALITY, REVISION, Symmetry

#: Differing bits of two hashes of unrelated pictures, on average: where the score reaches 0.
CHANCE = 128

#: Hashes of the same pixels are this near: only the scaled decoding of JPEG makes them differ at all.
NEAR_PIXELS = 12


class Hashes:
    """The hashes of a scope, joined once; rows are those of `Contents`."""

    def __init__(self, table: Contents, radius: int, *, workers: int) -> None:
        self._table, self._radius = table, radius
        # Hashes of plain pictures are noise: they prove nothing, and near ones would be without number.
        self._rows = np.flatnonzero(table.quality >= MINIMUM_QUALITY)
        self._pairs = pairs_within(table.hashes[self._rows], max(radius, NEAR_PIXELS), workers=workers)

    def classes(self) -> list[list[str]]:
        """Classes of contents whose hashes are equal."""
        members: dict[int, list[str]] = defaultdict(list)
        for row, first in zip(self._rows, self._pairs.representative, strict=True):
            members[int(first)].append(self._table.sha256s[row])
        return [names for names in members.values() if len(names) > 1]

    def evidence(self) -> Iterator[Evidence]:
        """The pairs within the radius, of contents whose hashes are not equal."""
        found = self._pairs
        for n in np.flatnonzero((found.distance <= self._radius) & ~_twins(found)):
            distance, turn = int(found.distance[n]), Symmetry(int(found.symmetry[n]))
            a, b = (self._table.sha256s[self._rows[side[n]]] for side in (found.i, found.j))
            detail = {"distance": distance, "turn": turn.name.lower()}
            yield Evidence(a, b, Tier.HASH, round(1 - distance / CHANCE, 4), REVISION, detail)

    def maybe_same_pixels(self) -> list[str]:
        """Contents that may show the same pixels as another: equal size and an equal or very near hash."""
        table, found = self._table, self._pairs
        sizes = table.widths * (1 << 32) + table.heights
        i, j = self._rows[found.i], self._rows[found.j]
        near = (
            (found.distance <= NEAR_PIXELS) & (found.symmetry == Symmetry.UNCHANGED) & (sizes[i] == sizes[j])
        )
        rows = {*i[near].tolist(), *j[near].tolist(), *_equal(table.hashes, sizes).tolist()}
        return [table.sha256s[row] for row in sorted(rows)]


def same_bytes(table: Contents) -> list[str]:
    """Contents that are at several paths."""
    return [table.sha256s[row] for row in np.flatnonzero(table.copies > 1)]


def within(evidence: Sequence[Evidence], names: Collection[str]) -> Iterator[Evidence]:
    """The evidence between contents of `names` only."""
    return (found for found in evidence if found.a in names and found.b in names)


def _twins(found: HashPairs) -> NDArray[np.bool_]:
    return np.asarray((found.distance == 0) & (found.representative[found.j] != found.j))


def _equal(hashes: NDArray[np.uint8], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows whose size and hash are those of another row, plain pictures included."""
    keys = np.concatenate([hashes, sizes.view(np.uint8).reshape(len(sizes), 8)], axis=1)
    rows = np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").ravel()
    _, inverse, counts = np.unique(rows, return_inverse=True, return_counts=True)
    return np.flatnonzero(counts[inverse] > 1)

"""The stored form of an image's local features: for each, a word, a code, and where and how it lies."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: One feature as stored: word; code; x and y in 256ths of the frame; angle in 256ths of a turn; scale in
#: eighths of an octave, twice that plus one where the descriptor was flipped to its canonical side. 14 bytes.
FEATURE: Final = np.dtype(
    [("word", "<u2"), ("code", "<u8"), ("place", "u1", 2), ("angle", "u1"), ("scale", "u1")]
)
_MAGIC: Final = b"pls1"


@dataclass(frozen=True, slots=True, eq=False)
class LocalSignature:
    """The indexed features of one image: a structured array of dtype `FEATURE`, shape (n,)."""

    features: NDArray[np.void]

    def __len__(self) -> int:
        """Count the features."""
        return len(self.features)

    def to_bytes(self) -> bytes:
        """Return the stored form: a mark of four bytes, then 14 bytes for each feature."""
        return _MAGIC + self.features.tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "LocalSignature":
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: the bytes are not a signature of this revision.
        """
        if stored[:4] != _MAGIC or (len(stored) - 4) % FEATURE.itemsize:
            raise ValueError("not a local signature of this revision")
        return cls(np.frombuffer(stored, dtype=FEATURE, offset=4))


def packed(
    words: NDArray[np.uint16],
    codes: NDArray[np.uint64],
    flipped: NDArray[np.bool_],
    points: NDArray[np.float32],
    size: tuple[int, int],
) -> LocalSignature:
    """Build a signature from words, codes and flips (n,), points (n, 4) and the frame (width, height)."""
    features = np.zeros(len(words), dtype=FEATURE)
    features["word"], features["code"] = words, codes
    features["place"] = np.clip(points[:, :2] / np.array(size, dtype=np.float32) * 256, 0, 255)
    features["angle"] = np.rint(points[:, 3] / (2 * np.pi) * 256).astype(np.int64) % 256
    steps = np.clip(np.rint(np.log2(np.maximum(points[:, 2], 0.5)) * 8), 0, 127).astype(np.uint8)
    features["scale"] = steps * 2 + flipped
    return LocalSignature(features)

"""FAISS indexes as other programs write them, by FAISS itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Dimensions of the vectors here; those of a stand-in.
DIMENSIONS = 8

#: The kinds that can be taken over, as `faiss.index_factory` calls them.
KINDS = ("IDMap,Flat", "IDMap2,Flat", "IDMap,HNSW8,Flat", "IVF4,Flat", "IDMap,IVF4,Flat")

#: Kinds that keep no whole vectors.
LOSSY = ("PCA4,IDMap,Flat", "SQ8", "IDMap,SQfp16", "IVF4,SQ8")


def unit(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Vectors of length 1: float32 (count, DIMENSIONS)."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def write(
    path: Path,
    ids: Sequence[int] | None,
    vectors: NDArray[np.float32],
    kind: str = "IDMap,Flat",
    *,
    metric: str = "METRIC_INNER_PRODUCT",
) -> Path:
    """Write an index with the folders it needs; without ids, its vectors are numbered by row."""
    import faiss

    path.parent.mkdir(parents=True, exist_ok=True)
    index = faiss.index_factory(vectors.shape[1], kind, getattr(faiss, metric))
    train(index, vectors)
    if ids is None:
        index.add(vectors)
    else:
        index.add_with_ids(vectors, np.array(ids, np.int64))
    faiss.write_index(index, str(path))
    return path


def train(index: Any, vectors: NDArray[np.float32]) -> None:
    if not index.is_trained:
        index.train(np.concatenate([vectors, unit(512, seed=99)[:, : vectors.shape[1]]]))

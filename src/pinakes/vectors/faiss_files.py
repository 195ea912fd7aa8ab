"""Reading the vectors of FAISS index files; searching with FAISS is nobody's here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.types import Reason, Refusal

#: How files begin that can be read: maps of ids over another index; flat, HNSW and IVF of whole vectors.
BEGINNINGS = frozenset((b"IxMp", b"IxM2", b"IxFI", b"IxF2", b"IHNf", b"IwFl"))

#: Kinds of index that hold whole vectors by row.
_BY_ROW = ("IndexFlat", "IndexFlatIP", "IndexFlatL2", "IndexHNSWFlat")

#: Names of the two arrays that `unpack` writes.
IDS, VECTORS = "ids.npy", "vectors.npy"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """How many vectors a file has, of how many dimensions, and whether their ids are but their rows."""

    vectors: int
    dimensions: int
    by_row: bool


def unpack(path: str, directory: str) -> Unpacked | Refusal:
    """Read a FAISS index, and write its ids (int64, (n,)) and vectors (float32, (n, d)) as NumPy files.

    FAISS was not written for files of strangers: run this in a process that may die and whose memory is
    bounded. Needs the extra `faiss`. Nothing is unpickled.
    """
    refused = _beginning_refused(path)
    if refused is not None:
        return refused
    try:
        index = _read(path)
        labels, vectors = _mapped(index)
    except _OtherKind as other:
        return Refusal(Reason.UNSUPPORTED_FORMAT, f"It is of the kind {other}, which keeps no whole vectors.")
    except MemoryError:
        return Refusal(Reason.OUT_OF_MEMORY, "It asks for more memory than a file of its size needs.")
    except Exception:  # FAISS raises whatever the file makes it raise
        return Refusal(Reason.DAMAGED, "It is no whole FAISS index; it may have been cut short.")
    if not (len(labels) == len(vectors) == index.ntotal and vectors.shape[1] == index.d):
        return Refusal(Reason.DAMAGED, "What it says of its size is not what it holds.")
    np.save(Path(directory, IDS), labels, allow_pickle=False)
    np.save(Path(directory, VECTORS), vectors, allow_pickle=False)
    by_row = type(index).__name__ in _BY_ROW or _is_counted(index, labels)
    return Unpacked(len(labels), int(index.d), by_row)


class _OtherKind(Exception):
    """Raised for an index whose vectors are compressed, transformed, or elsewhere."""


def _beginning_refused(path: str) -> Refusal | None:
    try:
        with Path(path).open("rb") as file:
            beginning = file.read(4)
    except OSError as error:
        return Refusal(Reason.UNREADABLE, f"It cannot be read: {error.strerror}.")
    if beginning not in BEGINNINGS:
        kind = f" ({beginning.decode()})" if beginning.isalnum() else ""
        return Refusal(Reason.UNSUPPORTED_FORMAT, f"It is no FAISS index of a kind with whole vectors{kind}.")
    return None


def _read(path: str) -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    # Newer releases can be told the most that one array may take: never more than the file has.
    bound = getattr(faiss, "set_deserialization_vector_byte_limit", None)
    if bound is not None:
        bound(max(1, os.stat(path).st_size))  # noqa: PTH116 - one call
    return faiss.read_index(path)


def _mapped(index: Any) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids and vectors of an index, in any order."""
    import faiss

    if type(index).__name__ not in ("IndexIDMap", "IndexIDMap2"):
        return _rows(index)
    rows, vectors = _rows(faiss.downcast_index(index.index))
    ids = faiss.vector_to_array(index.id_map).astype(np.int64)
    return ids[rows], vectors


def _rows(index: Any) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Labels and vectors of an index that stands by itself, in any order."""
    kind = type(index).__name__
    if kind in _BY_ROW:
        return np.arange(index.ntotal, dtype=np.int64), index.reconstruct_n(0, index.ntotal)
    if kind == "IndexIVFFlat":
        return _lists(index)
    raise _OtherKind(kind)


def _lists(index: Any) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    import faiss

    lists = index.invlists
    ids, vectors = [np.empty(0, np.int64)], [np.empty((0, index.d), np.float32)]
    for number in range(index.nlist):
        size = lists.list_size(number)
        if size:
            codes = faiss.rev_swig_ptr(lists.get_codes(number), size * index.code_size)
            ids.append(faiss.rev_swig_ptr(lists.get_ids(number), size).astype(np.int64))
            vectors.append(codes.copy().view(np.float32).reshape(size, index.d))
    return np.concatenate(ids), np.concatenate(vectors)


def _is_counted(index: Any, labels: NDArray[np.int64]) -> bool:
    """Whether an index with ids of its own was given none, and counted."""
    return type(index).__name__ == "IndexIVFFlat" and np.array_equal(np.sort(labels), np.arange(len(labels)))

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.faiss_indexes import DIMENSIONS, LOSSY, unit, write

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.processes import Workers
from pinakes.vectors import faiss_files
from pinakes.vectors.faiss_files import IDS, VECTORS, Unpacked

pytest.importorskip("faiss", reason="the extra faiss is not installed")

Unpack = Callable[[Path, Path], Unpacked | Refusal]

#: Ids that are no rows.
NUMBERS = [number * 7 + 3 for number in range(40)]


@pytest.fixture(scope="module")
def unpack() -> Iterator[Unpack]:
    """Reads in a process that may die: files that were harmed do away with FAISS, and whoever called it."""
    with Workers(1, ImageLimits(seconds=20)) as workers:
        yield lambda path, into: workers.run(faiss_files.unpack, str(path), str(into))


def unpacked(unpack: Unpack, path: Path, into: Path) -> dict[int, np.ndarray]:
    found = unpack(path, into)
    assert isinstance(found, Unpacked), found
    ids, vectors = np.load(into / IDS), np.load(into / VECTORS)
    assert found.vectors == len(ids) == len(vectors)
    assert found.dimensions == DIMENSIONS
    return dict(zip(ids.tolist(), vectors, strict=True))


@pytest.mark.parametrize("metric", ["METRIC_INNER_PRODUCT", "METRIC_L2"])
@pytest.mark.parametrize(
    "kind", ["IDMap,Flat", "IDMap2,Flat", "IDMap,HNSW8,Flat", "IVF4,Flat", "IDMap,IVF4,Flat"]
)
def test_every_vector_comes_back_under_its_id_bit_by_bit(
    unpack: Unpack, tmp_path: Path, kind: str, metric: str
) -> None:
    vectors = unit(40)
    found = unpacked(unpack, write(tmp_path / "a.faiss", NUMBERS, vectors, kind, metric=metric), tmp_path)
    assert sorted(found) == sorted(NUMBERS)
    for number, vector in zip(NUMBERS, vectors, strict=True):
        assert found[number].tobytes() == vector.tobytes()


def test_ids_of_64_bits_are_kept(unpack: Unpack, tmp_path: Path) -> None:
    large = [2**63 - 1, 2**53 + 1]
    assert sorted(unpacked(unpack, write(tmp_path / "a.faiss", large, unit(2)), tmp_path)) == sorted(large)


@pytest.mark.parametrize("kind", ["Flat", "HNSW8,Flat", "IVF4,Flat"])
def test_an_index_without_ids_says_so(unpack: Unpack, tmp_path: Path, kind: str) -> None:
    found = unpack(write(tmp_path / "a.faiss", None, unit(20), kind), tmp_path)
    assert found == Unpacked(20, DIMENSIONS, by_row=True)


@pytest.mark.parametrize("kind", ["Flat", "IDMap,Flat"])
def test_an_empty_index_is_one(unpack: Unpack, tmp_path: Path, kind: str) -> None:
    ids = [] if kind != "Flat" else None
    found = unpack(write(tmp_path / "a.faiss", ids, unit(0), kind), tmp_path)
    assert isinstance(found, Unpacked)
    assert found.vectors == 0


@pytest.mark.parametrize("kind", LOSSY)
def test_kinds_that_keep_no_whole_vectors_are_refused(unpack: Unpack, tmp_path: Path, kind: str) -> None:
    found = unpack(
        str(write(tmp_path / "a.faiss", NUMBERS if "Map" in kind else None, unit(40), kind)), str(tmp_path)
    )
    assert isinstance(found, Refusal)
    assert found.reason is Reason.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("kind", ["IDMap,Flat", "IDMap,HNSW8,Flat", "IVF4,Flat"])
def test_a_file_cut_anywhere_is_refused(unpack: Unpack, tmp_path: Path, kind: str) -> None:
    whole = write(tmp_path / "a.faiss", NUMBERS, unit(40), kind).read_bytes()
    cut = tmp_path / "cut.faiss"
    for length in Random(1).sample(range(len(whole)), 25):
        cut.write_bytes(whole[:length])
        assert isinstance(unpack(cut, tmp_path), Refusal), length


@pytest.mark.parametrize("content", [b"", b"IxM", b"\x80\x04K\x01.", b"PK\x03\x04" * 100, b"\x93NUMPY" * 9])
def test_what_is_no_index_is_refused_before_faiss_sees_it(
    unpack: Unpack, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.faiss").write_bytes(content)
    found = unpack(tmp_path / "a.faiss", tmp_path)
    assert isinstance(found, Refusal)
    assert found.reason is Reason.UNSUPPORTED_FORMAT


def test_a_file_that_is_not_there_is_refused(unpack: Unpack, tmp_path: Path) -> None:
    found = unpack(tmp_path / "none.faiss", tmp_path)
    assert isinstance(found, Refusal)
    assert found.reason is Reason.UNREADABLE

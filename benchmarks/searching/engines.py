"""The engines that are compared: each builds an index of a library once, opens it again, and answers.

The peers' programs run in an environment of their own and import nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.searching.library import CHUNK, DIMENSIONS, WANTED, Library

#: Links of a point, and how widely neighbours are looked for, in every graph here.
LINKS, BUILD_WIDTH, ASK_WIDTH = 16, 100, 128

#: Points of a batch that is written at once.
BATCH = 1000

Rows = NDArray[np.int64]


class Engine(Protocol):
    """One engine over one library; `build` leaves all in the directory, `open` makes it ready to ask."""

    def build(self, library: Library, directory: Path) -> None:
        """Index every vector with its folder."""
        ...

    def open(self, library: Library, directory: Path) -> None:
        """Open what was built."""
        ...

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        """Rows of the nearest vectors in the granted folders, best first, at most `WANTED`."""
        ...


def chunks(library: Library) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The vectors in turn, with the row of the first of each."""
    for start in range(0, len(library.vectors), CHUNK):
        yield start, np.array(library.vectors[start : start + CHUNK])


class Pinakes:
    """Our default: Qdrant Edge with the folder as its tenant, as the factory opens it."""

    def build(self, library: Library, directory: Path) -> None:
        from pinakes.vectors.points import Point, point_id

        collection = self._collection(directory)
        for start, vectors in chunks(library):
            for first in range(0, len(vectors), BATCH):
                collection.upsert(
                    [
                        Point(
                            point_id("0" * 64, row := start + first + number),
                            vector,
                            {"folder": int(library.folders[row]), "asset": row},
                        )
                        for number, vector in enumerate(vectors[first : first + BATCH])
                    ]
                )
        collection.optimise()
        self._store.close()

    def open(self, library: Library, directory: Path) -> None:
        self._asked = self._collection(directory)

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        hits = self._asked.query(question, limit=WANTED, folders=frozenset(granted.tolist()))
        return np.array([hit.payload["asset"] for hit in hits], dtype=np.int64)

    def _collection(self, directory: Path) -> Any:
        from pinakes.core.settings import VectorSettings
        from pinakes.core.types import ModelIdentity
        from pinakes.vectors.factory import open_vectors

        self._store = open_vectors(VectorSettings(background=False), directory / "vectors")
        return self._store.create(ModelIdentity("benchmark", "1", "none", DIMENSIONS))


class Exact:
    """The floor: all vectors of the granted folders are compared, in memory, a folder's rows together."""

    def build(self, library: Library, directory: Path) -> None:
        order = np.argsort(library.folders, kind="stable")
        np.save(directory / "order.npy", order)
        grouped = np.lib.format.open_memmap(
            directory / "grouped.npy", mode="w+", dtype=np.float32, shape=library.vectors.shape
        )
        for start in range(0, len(order), CHUNK):
            grouped[start : start + CHUNK] = library.vectors[order[start : start + CHUNK]]

    def open(self, library: Library, directory: Path) -> None:
        self._order = np.load(directory / "order.npy")
        self._vectors = np.load(directory / "grouped.npy")
        folders = library.folders[self._order]
        self._starts = np.searchsorted(folders, np.arange(folders.max() + 2))

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        spans = [(self._starts[folder], self._starts[folder + 1]) for folder in np.sort(granted)]
        scores = np.concatenate([self._vectors[first:last] @ question for first, last in spans])
        rows = np.concatenate([self._order[first:last] for first, last in spans])
        best = np.argpartition(-scores, min(WANTED, len(scores) - 1))[:WANTED]
        return rows[best[np.argsort(-scores[best])]]


class Faiss:
    """A FAISS index with a bitmap of the granted rows: the filter looks at what the index meets."""

    def __init__(self, form: str) -> None:
        self._form = form

    def build(self, library: Library, directory: Path) -> None:
        import faiss

        cells = int(4 * np.sqrt(len(library.vectors)))
        text = {"flat": "Flat", "hnsw": f"HNSW{LINKS},Flat", "ivf": f"IVF{cells},Flat"}[self._form]
        index = faiss.index_factory(DIMENSIONS, text, faiss.METRIC_INNER_PRODUCT)
        if self._form == "hnsw":
            index.hnsw.efConstruction = BUILD_WIDTH
        if self._form == "ivf":
            chosen = np.random.default_rng(1).permutation(len(library.vectors))[: 40 * cells]
            index.train(np.array(library.vectors[np.sort(chosen)]))
        for _, vectors in chunks(library):
            index.add(vectors)
        faiss.write_index(index, str(directory / "index.faiss"))

    def open(self, library: Library, directory: Path) -> None:
        import faiss

        self._faiss, self._index = faiss, faiss.read_index(str(directory / "index.faiss"))
        self._folders = library.folders
        made: dict[str, Callable[[Any], Any]] = {
            "flat": lambda chosen: faiss.SearchParameters(sel=chosen),
            "hnsw": lambda chosen: faiss.SearchParametersHNSW(sel=chosen, efSearch=ASK_WIDTH),
            "ivf": lambda chosen: faiss.SearchParametersIVF(sel=chosen, nprobe=32),
        }
        self._parameters = made[self._form]

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        # The bitmap is part of the answer's time: folders are granted per question.
        bits = np.packbits(np.isin(self._folders, granted), bitorder="little")
        chosen = self._faiss.IDSelectorBitmap(bits)
        _, rows = self._index.search(question[None], WANTED, params=self._parameters(chosen))
        return np.asarray(rows[0][rows[0] >= 0], dtype=np.int64)


class Hnswlib:
    """hnswlib, whose filter is a Python function that is called for each point met."""

    def build(self, library: Library, directory: Path) -> None:
        import hnswlib

        index = hnswlib.Index(space="ip", dim=DIMENSIONS)
        index.init_index(max_elements=len(library.vectors), ef_construction=BUILD_WIDTH, M=LINKS)
        for start, vectors in chunks(library):
            index.add_items(vectors, np.arange(start, start + len(vectors)))
        index.save_index(str(directory / "index.hnsw"))

    def open(self, library: Library, directory: Path) -> None:
        import hnswlib

        self._index = hnswlib.Index(space="ip", dim=DIMENSIONS)
        self._index.load_index(str(directory / "index.hnsw"))
        self._index.set_ef(ASK_WIDTH)
        self._folders = library.folders.tolist()

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        allowed, folders = frozenset(granted.tolist()), self._folders
        try:
            rows, _ = self._index.knn_query(
                question[None], k=WANTED, filter=lambda row: folders[row] in allowed
            )
        except RuntimeError:  # it raises where it finds fewer than asked
            return np.zeros(0, np.int64)
        return np.asarray(rows[0], dtype=np.int64)


class Lance:
    """LanceDB: exact below 100,000 rows, as its makers advise, else IVF_HNSW_SQ; the filter comes first."""

    def build(self, library: Library, directory: Path) -> None:
        import lancedb
        import pyarrow

        def batches() -> Iterator[Any]:
            for start, vectors in chunks(library):
                column = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.ravel()), DIMENSIONS)
                rows = np.arange(start, start + len(vectors))
                yield pyarrow.record_batch(
                    {"vector": column, "row": rows, "folder": library.folders[start : start + len(vectors)]}
                )

        schema = next(batches()).schema
        table = lancedb.connect(directory / "lance").create_table("pictures", batches(), schema=schema)
        table.create_scalar_index("folder")
        if len(library.vectors) >= 100_000:
            table.create_index(metric="cosine", index_type="IVF_HNSW_SQ", vector_column_name="vector")

    def open(self, library: Library, directory: Path) -> None:
        import lancedb

        self._table = lancedb.connect(directory / "lance").open_table("pictures")

    def ask(self, question: NDArray[np.float32], granted: Rows) -> Rows:
        named = ", ".join(map(str, granted.tolist()))
        query = (
            self._table.search(question).distance_type("cosine").where(f"folder IN ({named})", prefilter=True)
        )
        return np.asarray(query.limit(WANTED).select(["row"]).to_arrow()["row"], dtype=np.int64)


#: Every engine by name, ours first.
ENGINES: dict[str, Callable[[], Engine]] = {
    "pinakes": Pinakes,
    "exact": Exact,
    "faiss-flat": lambda: Faiss("flat"),
    "faiss-hnsw": lambda: Faiss("hnsw"),
    "faiss-ivf": lambda: Faiss("ivf"),
    "hnswlib": Hnswlib,
    "lancedb": Lance,
}

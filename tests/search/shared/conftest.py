"""A shared search over a stand-in model: the picture of a file, or of words, is their bytes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.stand_ins import StandInModel

from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits
from pinakes.models.embedder import LocalModel
from pinakes.search.shared.image_root import ImageRoot
from pinakes.search.shared.shared_search import SharedSearch, open_shared
from pinakes.search.shared.types import EmbedReport, Like, Place, SharedAnswer, SharedQuestion
from pinakes.vectors.base import VectorStore
from pinakes.vectors.memory import MemoryVectorStore
from pinakes.words.sqlite.index import SqliteWordIndex


@dataclass
class World:
    """A shared search, the files that it may read, and its model."""

    place: Path
    store: VectorStore = field(default_factory=lambda: MemoryVectorStore(PICTURES))
    model: StandInModel = field(default_factory=StandInModel)

    def __post_init__(self) -> None:
        self.root = self.place / "images"
        self.root.mkdir(exist_ok=True)
        self.shared = self.opened()
        self.use(self.model)

    def opened(self) -> SharedSearch:
        words = SqliteWordIndex(self.place / "words.sqlite3", PICTURES, seconds=10)
        return open_shared(self.place, self.store, words, ImageRoot(self.root, ImageLimits(max_bytes=1000)))

    def use(self, model: StandInModel) -> None:
        self.model = model
        self.shared.use(LocalModel(model.load()))

    def file(self, path: str, content: bytes | str) -> str:
        """Write a file below the root; returns its path."""
        whole = self.root / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def embed(self, place: Place, **contents: str) -> EmbedReport:
        """Embed images called `i<number>`, each a file of its content named for the place."""
        paths = {
            int(name[1:]): self.file(f"{place.caller}{place.owner}/{place.folder}/{name}.jpg", content)
            for name, content in contents.items()
        }
        return self.shared.writer.embed(place, paths, until=later())

    def ask(
        self, like: Like | str, owners: dict[int, int], *, caller: str = "", limit: int = 1000
    ) -> SharedAnswer:
        like = Like(words=like) if isinstance(like, str) else like
        return self.shared.search(SharedQuestion(caller, like, owners, limit))


def later() -> float:
    return time.monotonic() + 60


def found(answer: SharedAnswer) -> list[tuple[int, int, int]]:
    """Owner, folder and image of each hit."""
    return [(hit.owner, hit.folder, hit.image) for hit in answer.hits]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.shared.close()

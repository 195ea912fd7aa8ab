"""The shared search as one thing: opened from a directory, given a model once that is loaded, closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pinakes.core.errors import NotReady
from pinakes.core.protocols import Embedder
from pinakes.search.shared.asking import SharedSearcher
from pinakes.search.shared.contents import ContentEmbedder
from pinakes.search.shared.database import open_register
from pinakes.search.shared.image_root import ImageRoot
from pinakes.search.shared.register import Register
from pinakes.search.shared.restoring import restore
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.types import SharedAnswer, SharedQuestion
from pinakes.search.shared.writing import Writer
from pinakes.vectors.base import VectorStore
from pinakes.words.base import WordIndex


@dataclass(frozen=True, slots=True)
class Parts:
    """What a shared search stands on; closed with it."""

    register: Register
    shelf: Shelf
    words: WordIndex
    root: ImageRoot


class SharedSearch:
    """Indexes of many callers, users and folders; for any number of threads at once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.writer = Writer(parts.register, parts.shelf, parts.words, parts.root)
        self._searcher: SharedSearcher | None = None
        self.writer.settle()

    def use(self, embedder: Embedder) -> None:
        """Embed and search with this model from now on; the caller closes it after.

        What the stores have lost is brought back first.

        Raises:
            ServiceUnavailable, ProtocolViolation: the model lives in a service that does not answer.
        """
        parts = self._parts
        parts.shelf.use(embedder.identity)
        restore(parts.register, parts.shelf, parts.words)
        self._searcher = SharedSearcher(parts.register, parts.shelf, parts.words, parts.root, embedder)
        self.writer.use(ContentEmbedder(parts.register.engine, embedder))

    def search(self, question: SharedQuestion) -> SharedAnswer:
        """Answer a question; see `SharedSearcher.search`.

        Raises:
            NotReady: the model is still loading.
        """
        if self._searcher is None:
            raise NotReady("The model is still loading.")
        return self._searcher.search(question)

    @property
    def model(self) -> str:
        """Key of the model in use; raises `NotReady` while there is none."""
        return self._parts.shelf.identity.key

    def close(self) -> None:
        """Release everything but the model."""
        self._parts.shelf.close()
        self._parts.words.close()
        self._parts.register.engine.dispose()


def open_shared(directory: Path, store: VectorStore, words: WordIndex, root: ImageRoot) -> SharedSearch:
    """Open the shared search of a directory that this process alone has open; it closes what it is given.

    Raises:
        StateUnusable, DiskFull: its register cannot be used.
    """
    return SharedSearch(Parts(Register(open_register(directory)), Shelf(store), words, root))

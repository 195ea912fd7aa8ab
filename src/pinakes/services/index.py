"""Where the pictures of a library are found: vectors, words and the model that made the vectors."""

from __future__ import annotations

import threading
from contextlib import suppress

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.errors import ModelUnusable, NotFound
from pinakes.core.protocols import Embedder
from pinakes.core.settings import Settings
from pinakes.core.types import ModelIdentity
from pinakes.db.tables import choices, indexed
from pinakes.services.chosen.embedders import chosen_embedder
from pinakes.vectors.base import Collection, VectorStore
from pinakes.vectors.factory import open_vectors
from pinakes.vectors.naming import collection_name
from pinakes.words.base import WordIndex

#: Name of the choice that says which collection answers.
COLLECTION = "collection"


class Index:
    """Opens each store when it is first used, once, for any number of threads.

    A store that could not be opened is tried again at the next use. Only the process that owns the state may
    use this; see `owner`.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._lock = threading.RLock()
        self._vectors: VectorStore | None = None
        self._words: WordIndex | None = None
        self._collections: dict[str, Collection] = {}
        self._loading = threading.Lock()
        self._models: dict[ModelIdentity | None, Embedder] = {}

    @property
    def vectors(self) -> VectorStore:
        """The store of vectors; see `open_vectors` for what it may raise."""
        with self._lock:
            if self._vectors is None:
                self._vectors = open_vectors(self._settings.vectors, self._settings.vectors_directory)
            return self._vectors

    @property
    def words(self) -> WordIndex:
        """The index of words; see `open_words` for what it may raise."""
        from pinakes.words.factory import open_words

        with self._lock:
            if self._words is None:
                self._words = open_words(self._settings)
            return self._words

    def chosen(self) -> str | None:
        """Name of the collection that answers; None while nothing was indexed."""
        with self._engine.execution_options(readonly=True).connect() as connection:
            name = connection.scalar(select(choices.c.value).where(choices.c.name == COLLECTION))
        return None if name is None else str(name)

    def collection(self) -> Collection | None:
        """The collection that answers; None while nothing was indexed, or where its vectors are lost."""
        name = self.chosen()
        with self._lock:
            if name is not None and name not in self._collections:
                with suppress(NotFound):
                    self._collections[name] = self.vectors.open(name)
            return None if name is None else self._collections.get(name)

    def collection_for(self, embedder: Embedder) -> Collection:
        """The collection that answers, made for this model where there is none yet.

        Raises:
            ModelUnusable: the collection that answers is another model's.
        """
        with self._lock:
            there = self.collection()
            if there is None:
                there = self.made(embedder.identity)
                self._choose(there)
            if there.identity != embedder.identity:
                raise _another_model(there.identity, embedder.identity)
            return there

    def made(self, identity: ModelIdentity) -> Collection:
        """The collection of a model, made where there is none.

        What one had acknowledged that was lost, or dropped by a process that died of it, is forgotten.
        """
        there = self.vectors.create(identity)
        if not there.count(folders=None):
            with self._engine.begin() as connection:
                connection.execute(delete(indexed).where(indexed.c.index == collection_name(identity)))
        return there

    def embedder(self, identity: ModelIdentity | None = None) -> Embedder:
        """A model kept open for questions: that of this identity, else that of the collection that answers.

        While one is loaded, questions to the others go on; see `open_embedder` for what it may raise.
        """
        identity = identity or self._answering()
        if (known := self._models.get(identity)) is not None:
            return known
        with self._loading:
            if identity not in self._models:
                self._models[identity] = self.open_embedder(identity)
            return self._models[identity]

    def open_embedder(self, identity: ModelIdentity | None = None) -> Embedder:
        """Open a model as `embedder`, or that of the settings while nothing is indexed; `close` it after use.

        Raises:
            NotFound, ModelUnusable, OutOfMemory: it cannot be loaded in this process.
        """
        identity = identity or self._answering()
        settings = self._settings if identity is None else pinned(self._settings, identity)
        return chosen_embedder(settings, settings.client)

    def let_go(self, name: str) -> None:
        """Close a collection that is no more, and its model."""
        with self._lock:
            collection = self._collections.pop(name, None)
        if collection is not None and (model := self._models.pop(collection.identity, None)) is not None:
            model.close()

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            for part in (*self._models.values(), self._words, self._vectors):
                if part is not None:
                    part.close()
            self._words = self._vectors = None
            self._models.clear()
            self._collections.clear()

    def _answering(self) -> ModelIdentity | None:
        there = self.collection()
        return None if there is None else there.identity

    def _choose(self, collection: Collection) -> None:
        name = collection_name(collection.identity)
        statement = insert(choices).values({"name": COLLECTION, "value": name})
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": name}))
        self._collections[name] = collection


def pinned(settings: Settings, identity: ModelIdentity) -> Settings:
    """The settings with which a model of ours is asked for by name and revision, here or of a service."""
    if settings.client.protocol != "pinakes":
        return settings
    name = f"{identity.name}@{identity.revision}"
    return settings.model_copy(
        update={
            "client": settings.client.model_copy(update={"model": name}),
            "inference": settings.inference.model_copy(update={"model": name}),
        }
    )


def _another_model(there: ModelIdentity, asked: ModelIdentity) -> ModelUnusable:
    return ModelUnusable(
        f"The library is indexed with {there.key}, and {asked.key} answers.",
        remedy="Set PINAKES_CLIENT__MODEL to the first, or move the library to the other model.",
    )

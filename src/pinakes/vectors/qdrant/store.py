"""Collections on a Qdrant server; those that are not ours are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_client import QdrantClient, models

from pinakes.core.errors import NotFound, StateUnusable
from pinakes.core.types import ModelIdentity
from pinakes.vectors.naming import (
    NAME,
    absent,
    checked_name,
    collection_name,
    identity_as_json,
    identity_from_json,
)
from pinakes.vectors.points import CollectionSummary
from pinakes.vectors.qdrant.collection import QdrantCollection
from pinakes.vectors.qdrant.dialect import field_index, speaking
from pinakes.vectors.schema import Schema

#: Edges of a point in the graph, of all points and of each folder's, and candidates while it is built.
EDGES, CANDIDATES = 16, 128

#: Entry of a collection's metadata that says whose embeddings it holds; those without are not ours.
METADATA = "pinakes"


class QdrantVectorStore:
    """A `VectorStore` on a server; collections that are not ours are left alone.

    `oversampling` is None without 8-bit copies, else the times the limit that they bring to rescoring.
    """

    def __init__(self, client: QdrantClient, schema: Schema, *, oversampling: float | None) -> None:
        self._client, self._schema, self._oversampling = client, schema, oversampling
        self._closed = False

    def create(self, identity: ModelIdentity) -> QdrantCollection:
        """The collection for this model's embeddings, made where there is none."""
        name = collection_name(identity)
        with self._speaking():
            if not self._client.collection_exists(name):
                self._make(name, identity)
            there = self._client.get_collection(name).payload_schema
            for field in self._schema.by_name.values():
                if field.name not in there:
                    index = field_index(field, tenant=field == self._schema.tenant)
                    self._client.create_payload_index(name, field.name, index, wait=True)
        return self.open(name)

    def open(self, name: str) -> QdrantCollection:
        """The collection of this name."""
        with self._speaking():
            if not self._client.collection_exists(checked_name(name)):
                raise NotFound(absent(name, self._names()))
            identity = self._identity(name)
        if identity is None:
            raise StateUnusable(
                f"The collection {name} on the server does not say whose embeddings it holds."
            )
        return QdrantCollection(self._client, identity, self._schema, oversampling=self._oversampling)

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        with self._speaking():
            found = [(name, self._identity(name)) for name in self._names()]
            return [
                CollectionSummary(name, identity, self._client.count(name, exact=True).count)
                for name, identity in found
                if identity is not None
            ]

    def drop(self, name: str) -> None:
        """Forget a collection."""
        self.open(name)
        with self._speaking():
            self._client.delete_collection(name)

    def close(self) -> None:
        """Release the connections."""
        if not self._closed:
            self._closed = True
            self._client.close()

    def _make(self, name: str, identity: ModelIdentity) -> None:
        int8 = models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(
                type=models.ScalarType.INT8, quantile=0.99, always_ram=True
            )
        )
        self._client.create_collection(
            name,
            vectors_config=models.VectorParams(size=identity.dimensions, distance=models.Distance.DOT),
            hnsw_config=models.HnswConfigDiff(m=EDGES, payload_m=EDGES, ef_construct=CANDIDATES),
            quantization_config=int8 if self._oversampling else None,
            metadata={METADATA: identity_as_json(identity)},
        )

    def _names(self) -> list[str]:
        listed = self._client.get_collections().collections
        return sorted(each.name for each in listed if NAME.fullmatch(each.name))

    def _identity(self, name: str) -> ModelIdentity | None:
        stored = (self._client.get_collection(name).config.metadata or {}).get(METADATA)
        return None if stored is None else identity_from_json(name, stored)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        if self._closed:
            raise StateUnusable("The vector store is closed.")
        with speaking():
            yield

"""Collections on a Qdrant server; those that are not ours are left alone."""

from __future__ import annotations

from qdrant_client import QdrantClient, models

from pinakes.core.errors import NotFound, StateUnusable
from pinakes.core.payload import Schema
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
from pinakes.vectors.qdrant.dialect import Server, field_index

#: Edges of a point in the graph, of all points and of each folder's, and candidates while it is built.
EDGES, CANDIDATES = 16, 128

#: Entry of a collection's metadata that says whose embeddings it holds; those without are not ours.
METADATA = "pinakes"


class QdrantVectorStore:
    """A `VectorStore` on a server; collections that are not ours are left alone.

    `oversampling` is None without 8-bit copies, else the times the limit that they bring to rescoring.
    """

    def __init__(self, client: QdrantClient, schema: Schema, *, oversampling: float | None) -> None:
        self._server, self._schema, self._oversampling = Server(client), schema, oversampling

    def create(self, identity: ModelIdentity) -> QdrantCollection:
        """The collection for this model's embeddings, made where there is none."""
        name = collection_name(identity)
        with self._server.asked() as client:
            if not client.collection_exists(name):
                self._make(client, name, identity)
            there = client.get_collection(name).payload_schema
            for field in self._schema.by_name.values():
                if field.name not in there:
                    index = field_index(field, tenant=field == self._schema.tenant)
                    client.create_payload_index(name, field.name, index, wait=True)
        return self.open(name)

    def open(self, name: str) -> QdrantCollection:
        """The collection of this name."""
        with self._server.asked() as client:
            if not client.collection_exists(checked_name(name)):
                raise NotFound(absent(name, _names(client)))
            identity = _identity(client, name)
        if identity is None:
            raise StateUnusable(
                f"The collection {name} on the server does not say whose embeddings it holds."
            )
        return QdrantCollection(self._server, identity, self._schema, oversampling=self._oversampling)

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        with self._server.asked() as client:
            found = [(name, _identity(client, name)) for name in _names(client)]
            return [
                CollectionSummary(name, identity, client.count(name, exact=True).count)
                for name, identity in found
                if identity is not None
            ]

    def drop(self, name: str) -> None:
        """Forget a collection."""
        self.open(name)
        with self._server.asked() as client:
            client.delete_collection(name)

    def close(self) -> None:
        """Release the connections."""
        self._server.close()

    def _make(self, client: QdrantClient, name: str, identity: ModelIdentity) -> None:
        int8 = models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(
                type=models.ScalarType.INT8, quantile=0.99, always_ram=True
            )
        )
        client.create_collection(
            name,
            vectors_config=models.VectorParams(size=identity.dimensions, distance=models.Distance.DOT),
            hnsw_config=models.HnswConfigDiff(m=EDGES, payload_m=EDGES, ef_construct=CANDIDATES),
            quantization_config=int8 if self._oversampling else None,
            metadata={METADATA: identity_as_json(identity)},
        )


def _names(client: QdrantClient) -> list[str]:
    listed = client.get_collections().collections
    return sorted(each.name for each in listed if NAME.fullmatch(each.name))


def _identity(client: QdrantClient, name: str) -> ModelIdentity | None:
    stored = (client.get_collection(name).config.metadata or {}).get(METADATA)
    return None if stored is None else identity_from_json(name, stored)

"""The indexes that assets are put into, behind one seam: points of a collection, documents of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sqlalchemy import ColumnElement, Connection, select, true

from pinakes.core.types import ModelIdentity, Vector
from pinakes.db.tables import features, texts
from pinakes.ingest.indexing.describing import KnownAsset, digest, document_of, payload_of
from pinakes.ingest.indexing.pending import done_by
from pinakes.ingest.indexing.report import Step
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Point, point_id
from pinakes.words.base import Document, WordIndex

#: Name of the index of words in the table of what is indexed.
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset in an index, and the content it is there with."""

    asset: int
    sha256: str


class Target(Protocol):
    """One index. Writes are idempotent, and acknowledged when they return.

    Attributes:
        name: in the table of what is indexed.
    """

    @property
    def name(self) -> str:
        """In the table of what is indexed."""
        ...

    def ready(self) -> ColumnElement[bool]:
        """Condition on assets: everything that the index needs is there."""
        ...

    def put(self, connection: Connection, known: Sequence[KnownAsset]) -> dict[int, str]:
        """Write assets, reading what else is needed; returns the digest of what was told of each."""
        ...

    def forget(self, entries: Sequence[Entry]) -> None:
        """Take assets out."""
        ...

    def count(self) -> int:
        """How many entries it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Points:
    """A collection, filled from the stored embeddings of its model."""

    collection: Collection

    @property
    def name(self) -> str:
        """That of the collection."""
        return collection_name(self.collection.identity)

    def ready(self) -> ColumnElement[bool]:
        """Its content was embedded."""
        return done_by(Step.EMBED, self.collection.identity)

    def put(self, connection: Connection, known: Sequence[KnownAsset]) -> dict[int, str]:
        """Upsert points; those without a stored embedding are left out."""
        vectors = _vectors(connection, self.collection.identity, {each.sha256 for each in known})
        told = {each.asset: payload_of(each) for each in known if each.sha256 in vectors}
        points = [
            Point(point_id(each.sha256, each.asset), vectors[each.sha256], told[each.asset])
            for each in known
            if each.asset in told
        ]
        if points:
            self.collection.upsert(points)
        return {asset: digest(payload) for asset, payload in told.items()}

    def forget(self, entries: Sequence[Entry]) -> None:
        """Delete points."""
        self.collection.delete([point_id(entry.sha256, entry.asset) for entry in entries])

    def count(self) -> int:
        """Points of every folder."""
        return self.collection.count(folders=None)


@dataclass(frozen=True, slots=True)
class Documents:
    """The index of words; of texts by several models, those of `models` (keys, by kind) are taken."""

    words: WordIndex
    models: Mapping[str, str]

    @property
    def name(self) -> str:
        """There is one for the whole library."""
        return WORDS

    def ready(self) -> ColumnElement[bool]:
        """Names and metadata are words enough."""
        return true()

    def put(self, connection: Connection, known: Sequence[KnownAsset]) -> dict[int, str]:
        """Upsert documents."""
        said = self._texts(connection, {each.sha256 for each in known})
        documents: list[Document] = [document_of(each, said.get(each.sha256, {})) for each in known]
        if documents:
            self.words.upsert(documents)
        return {each.asset: digest(each.payload, each.words) for each in documents}

    def forget(self, entries: Sequence[Entry]) -> None:
        """Delete documents."""
        self.words.delete([entry.asset for entry in entries])

    def count(self) -> int:
        """Documents of every folder."""
        return self.words.count(folders=None)

    def _texts(self, connection: Connection, sha256s: set[str]) -> dict[str, dict[str, str]]:
        columns = (texts.c.sha256, texts.c.kind, texts.c.model, texts.c.value)
        found: dict[str, dict[str, str]] = {}
        written = select(*columns).where(texts.c.sha256.in_(sha256s)).order_by(texts.c.model)
        for sha256, kind, model, value in connection.execute(written):
            # A caption of a model that is not in use now is better than none.
            if self.models.get(kind) == model or kind not in found.get(sha256, {}):
                found.setdefault(sha256, {})[kind] = value
        return found


def _vectors(connection: Connection, model: ModelIdentity, sha256s: set[str]) -> dict[str, Vector]:
    query = select(features.c.sha256, features.c.value).where(
        features.c.model == model.name,
        features.c.revision == model.revision,
        features.c.preprocess == model.preprocess,
        features.c.sha256.in_(sha256s),
    )
    return {sha256: np.frombuffer(value, dtype="<f4") for sha256, value in connection.execute(query)}

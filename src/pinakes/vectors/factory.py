"""Choosing where vectors are kept, from settings; the one place that knows every driver."""

from __future__ import annotations

from pathlib import Path

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import PICTURES, Schema
from pinakes.core.settings import VectorSettings
from pinakes.vectors.base import VectorStore


def open_vectors(settings: VectorSettings, directory: Path, schema: Schema = PICTURES) -> VectorStore:
    """Open the store that the settings name; `close` it after use. `directory` is for the embedded driver.

    Raises:
        StateBusy: another process has the directory open.
        ServiceUnavailable: no server answers.
        StateUnusable: the directory, or the server, cannot be used.
        InvalidRequest: the settings ask for what the driver has not, or for an extra that is not installed.
    """
    if settings.driver == "memory":
        from pinakes.vectors.memory import MemoryVectorStore

        return MemoryVectorStore(schema)
    if settings.driver == "embedded":
        return _embedded(settings, directory, schema)
    return _qdrant(settings, schema) if settings.driver == "qdrant" else _pgvector(settings, schema)


def _embedded(settings: VectorSettings, directory: Path, schema: Schema) -> VectorStore:
    from pinakes.vectors.embedded.store import EmbeddedVectorStore

    return EmbeddedVectorStore(
        directory,
        schema,
        index_from=settings.index_from,
        int8=settings.int8,
        oversampling=settings.oversampling,
        rebuild_seconds=settings.rebuild_seconds,
        background=settings.background,
    )


def _qdrant(settings: VectorSettings, schema: Schema) -> VectorStore:
    try:
        from qdrant_client import QdrantClient

        from pinakes.vectors.qdrant.store import QdrantVectorStore
    except ImportError as error:
        raise _needs("qdrant") from error
    key = settings.qdrant_api_key
    client = QdrantClient(
        url=settings.qdrant_url,
        api_key=key.get_secret_value() if key else None,
        timeout=max(1, int(settings.seconds)),
        check_compatibility=False,
    )
    return QdrantVectorStore(client, schema, oversampling=settings.oversampling if settings.int8 else None)


def _pgvector(settings: VectorSettings, schema: Schema) -> VectorStore:
    if settings.int8:
        raise InvalidRequest(
            "pgvector keeps no 8-bit copies of vectors.", remedy="Leave PINAKES_VECTORS__INT8 unset."
        )
    try:
        from pinakes.vectors.pgvector.store import PgvectorVectorStore
    except ImportError as error:
        raise _needs("pgvector") from error
    return PgvectorVectorStore(
        settings.postgres_url.get_secret_value(),
        schema,
        connections=settings.connections,
        seconds=settings.seconds,
        rebuild_seconds=settings.rebuild_seconds,
    )


def _needs(extra: str) -> InvalidRequest:
    return InvalidRequest(
        f"The {extra} driver is not installed.", remedy=f"Install it with: pip install 'pinakes[{extra}]'"
    )

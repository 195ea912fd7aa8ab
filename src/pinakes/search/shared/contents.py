"""Embedding by content: nothing that was embedded by the same model is embedded again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.errors import DeadlineExceeded
from pinakes.core.protocols import Embedder
from pinakes.core.types import Refusal, Vector
from pinakes.search.shared.tables import embeddings


class ContentEmbedder:
    """Embeds pictures once; of several requests at a time each waits its turn, so that none does it twice."""

    def __init__(self, engine: Engine, embedder: Embedder) -> None:
        self._engine, self._embedder = engine, embedder
        self._key = embedder.identity.key
        self._turn = Lock()

    def embed(
        self, contents: Mapping[str, bytes], *, until: float
    ) -> tuple[dict[str, Vector | Refusal], int]:
        """Embed pictures by their SHA-256: an outcome each, and how many were known.

        Raises:
            DeadlineExceeded: its turn did not come `until` then (`time.monotonic`).
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        if not self._turn.acquire(timeout=max(0.0, until - time.monotonic())):
            raise DeadlineExceeded("Other pictures are being embedded; the time for this request ran out.")
        try:
            found: dict[str, Vector | Refusal] = {**self._known(list(contents))}
            fresh = [sha256 for sha256 in contents if sha256 not in found]
            made = self._embedder.embed([contents[sha256] for sha256 in fresh]) if fresh else []
            outcomes = dict(zip(fresh, made, strict=True))
            self._keep({name: made for name, made in outcomes.items() if not isinstance(made, Refusal)})
        finally:
            self._turn.release()
        return found | outcomes, len(found)

    def _known(self, contents: Sequence[str]) -> dict[str, Vector]:
        query = select(embeddings.c.sha256, embeddings.c.vector).where(
            embeddings.c.model == self._key, embeddings.c.sha256.in_(contents)
        )
        with self._engine.execution_options(readonly=True).connect() as connection:
            return {row.sha256: np.frombuffer(row.vector, "<f4") for row in connection.execute(query)}

    def _keep(self, vectors: Mapping[str, Vector]) -> None:
        rows = [
            {"sha256": sha256, "model": self._key, "vector": vector.astype("<f4").tobytes()}
            for sha256, vector in vectors.items()
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(embeddings).on_conflict_do_nothing(), rows)

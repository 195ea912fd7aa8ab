"""Settings of where vectors are kept and how they are searched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

#: Where a Qdrant server listens unless it is told otherwise.
QDRANT_HOST, QDRANT_PORT = "127.0.0.1", "6333"


def qdrant_url_of_environment() -> str:
    """Base URL of the Qdrant server, by the variables that compose files and charts commonly set.

    `QDRANT_HOST` may itself be a URL, as some set it.
    """
    host = os.environ.get("QDRANT_HOST") or QDRANT_HOST
    port = os.environ.get("QDRANT_PORT") or QDRANT_PORT
    return host if "://" in host else f"http://{host}:{port}"


class VectorSettings(BaseModel, frozen=True):
    """Where vectors are kept, and how they are searched."""

    driver: Literal["embedded", "qdrant", "pgvector", "memory"] = Field(
        "embedded",
        description="Keep vectors in a directory of one process, on a Qdrant server, in PostgreSQL with "
        "pgvector, or in memory until the process ends.",
    )
    directory: Path | None = Field(
        None, description="Directory of the embedded driver; unset: `vectors` in the state directory."
    )
    qdrant_url: str = Field(
        default_factory=qdrant_url_of_environment,
        description="Base URL of the Qdrant server; unset: of QDRANT_HOST and QDRANT_PORT, else "
        "http://127.0.0.1:6333.",
    )
    qdrant_api_key: SecretStr | None = Field(None, description="Key sent to the Qdrant server.")
    postgres_url: SecretStr = Field(
        SecretStr("postgresql://127.0.0.1:5432/pinakes"), description="Address of the PostgreSQL database."
    )
    seconds: float = Field(30.0, gt=0, le=3600, description="Time one question to a server may take.")
    connections: int = Field(8, gt=0, le=1000, description="Connections to PostgreSQL at once.")
    int8: bool = Field(
        False,
        description="Search 8-bit copies of the vectors first, rescore with the whole ones; not in pgvector.",
    )
    oversampling: float = Field(
        2.0, ge=1, le=100, description="Times the limit that 8-bit copies bring to rescoring."
    )
    index_from: int = Field(
        10_000,
        ge=100,
        description="Points without an index from which one is built; fewer are compared one by one.",
    )
    background: bool = Field(
        True, description="Let the embedded driver bring its index up to date by itself while points come in."
    )
    rebuild_seconds: float = Field(
        7200.0, gt=0, description="Time that bringing an index up to date may take."
    )

"""Settings of the inference service, and the keys of its callers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

#: What a key may allow: to ask models for results, to load and unload them, to read the metrics.
KeyScope = Literal["infer", "models", "metrics"]


class KeySettings(BaseModel, frozen=True, extra="forbid"):
    """One caller's key, known by its hash alone; `pinakes keys new` makes both."""

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", description="Whose it is; found in the log.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the key, hexadecimal.")
    scopes: tuple[KeyScope, ...] = Field(("infer",), min_length=1, description="What it allows.")
    requests_per_second: float = Field(
        0.0, ge=0, allow_inf_nan=False, description="Requests it may make a second; 0 for no bound."
    )


#: A protocol of another service that the inference service can speak beside its own.
DialectName = Literal["cohere", "immich", "kserve", "roboflow", "tei", "weaviate"]


class InferenceSettings(BaseModel, frozen=True):
    """The inference service: where it listens and what it accepts at once."""

    host: str = Field("127.0.0.1", description="Address the inference service listens on.")
    port: int = Field(8001, ge=0, le=65535, description="Port of the inference service.")
    grpc_port: int | None = Field(
        None, ge=0, le=65535, description="Port for gRPC (extra `grpc`) beside it; unset or 0 for none."
    )
    api_key: SecretStr | None = Field(
        None,
        description="Bearer key clients must send, which allows everything; a key is needed to listen beyond "
        "loopback.",
    )
    keys: tuple[KeySettings, ...] = Field(
        (), description="Further keys, each with what it allows; lines that `pinakes keys new` prints."
    )
    keys_file: Path | None = Field(
        None, description="JSON file with a list of further keys, read again whenever it changes."
    )
    dialects: tuple[DialectName, ...] = Field(
        (),
        description="Protocols spoken beside our own and OpenAI's: cohere, immich, "
        "kserve, roboflow, tei, weaviate.",
    )
    max_items: int = Field(256, gt=0, description="Most pictures or texts in one request.")
    max_characters: int = Field(2**16, gt=0, description="Longest text, in characters.")
    max_request_bytes: int = Field(512 * 2**20, gt=0, description="Largest request body, in bytes.")
    max_waiting: int = Field(512, gt=0, description="Most pictures waiting; beyond it requests get 429.")
    max_waiting_bytes: int = Field(
        2**30,
        gt=0,
        description="Most bytes of request bodies held at once, half of it by one caller; beyond it 429.",
    )
    model: str = Field(
        "", description="Model that serves who names none; empty: the best installed, else the built-in one."
    )
    variant: str = Field(
        "", description="Graphs to load where a model has several: int8, fp16 …; empty: full precision."
    )
    caption_model: str = Field(
        "", description="Model that captions for who names none; empty: the first that can."
    )
    preload: tuple[str, ...] = Field((), description="Other models to load at the start.")
    model_bytes: int = Field(
        0, ge=0, description="Most bytes of weights in memory at once; 0 for no bound. Idle models make room."
    )
    idle_seconds: float = Field(
        0.0, ge=0, description="Unload a model that nobody used for so long; 0 for never. The default stays."
    )
    max_batch: int = Field(32, gt=0, description="Most inputs in one call of a model.")
    max_batch_pixels: int = Field(2**24, gt=0, description="Most pixels in one call of a model.")
    max_batch_tokens: int = Field(2**14, gt=0, description="Most tokens of text in one call of a model.")
    max_batch_seconds: float = Field(
        0.25, gt=0, description="Longest one call of a model should take: who is urgent waits for it to end."
    )
    workers: int = Field(
        0,
        ge=0,
        description="Threads that decode, and threads of the runtime; 0 means one per processor core.",
    )
    call_threads: int = Field(
        0,
        ge=0,
        description=(
            "Threads of one call of a model; 0: one for small models; for large ones all cores while a call "
            "is alone and one beside others, for which the side of pictures is in memory twice."
        ),
    )
    cache_bytes: int = Field(
        0, ge=0, description="Memory for results kept by content and model; 0 keeps none."
    )
    stall_seconds: float = Field(
        120.0, gt=0, description="A call of a model longer than this makes the service unhealthy."
    )
    seconds: float = Field(
        30.0, gt=0, description="Time a request may take from its last byte before it is answered 504."
    )
    upload_seconds: float = Field(
        300.0, gt=0, description="Time a request's body may take to arrive, however large it is."
    )
    notice_seconds: float = Field(
        0.0,
        ge=0,
        description="Time on SIGTERM in which readiness already says no and requests are still taken, so "
        "that balancers look away first.",
    )
    drain_seconds: float = Field(20.0, ge=0, description="Time given to accepted requests on SIGTERM.")

    @property
    def threads(self) -> int:
        """Threads that decode: as set, else one per core this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

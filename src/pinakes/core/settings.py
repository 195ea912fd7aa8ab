"""Everything an operator may set, read once at start-up and handed down as values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ImageLimits(BaseModel, frozen=True):
    """What a single picture may cost; checked before it is decoded wherever its header tells."""

    max_bytes: int = Field(512 * 2**20, gt=0, description="Largest file that is read, in bytes.")
    max_pixels: int = Field(
        250_000_000, gt=0, description="Largest picture that is decoded, in pixels (width × height)."
    )
    seconds: float = Field(60.0, gt=0, description="Longest time one picture may take to decode.")
    worker_memory: int = Field(
        3 * 2**30, ge=2**28, description="Memory one decoding process may take for pictures, in bytes."
    )


class ScanSettings(BaseModel, frozen=True):
    """How folders are walked and read."""

    workers: int = Field(0, ge=0, description="Decoding processes; 0 means one per processor core.")
    exclude: tuple[str, ...] = Field((), description="Name or path patterns that are never scanned.")


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
    keys_file: Path | None = Field(None, description="JSON file with a list of further keys.")
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
        2**30, gt=0, description="Most bytes of request bodies held at once; beyond it requests get 429."
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
        description="Threads of one call of a model; 0: one for small models, all cores for large ones.",
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
    drain_seconds: float = Field(20.0, ge=0, description="Time given to accepted requests on SIGTERM.")

    @property
    def threads(self) -> int:
        """Threads that decode: as set, else one per core this process may use."""
        return self.workers or len(os.sched_getaffinity(0))


class ClientSettings(BaseModel, frozen=True):
    """How this process reaches an inference service."""

    mode: Literal["local", "remote", "auto"] = Field(
        "auto",
        description="Embed in this process, over HTTP, or over HTTP with this process to fall back on.",
    )
    service_url: str = Field(
        "http://127.0.0.1:8001",
        description="Base URL of the inference service; several, separated by commas, form a fleet.",
    )
    protocol: Literal["pinakes", "oip", "openai", "torchserve", "bentoml"] = Field(
        "pinakes",
        description="What the service speaks: our own protocol, the Open Inference Protocol (Triton, KServe, "
        "MLServer), OpenAI's embeddings (infinity, vLLM, Jina), TorchServe's or BentoML's.",
    )
    model: str | None = Field(
        None, description="Model, or route, that is asked; the service's first where it can tell."
    )
    text_model: str | None = Field(
        None, description="Model, or route, for words where the service keeps them apart from pictures."
    )
    picture_form: Literal["auto", "jina", "messages", "infinity"] = Field(
        "auto", description="How an OpenAI-style service takes pictures; auto finds out by asking."
    )
    send: Literal["auto", "files", "pixels"] = Field(
        "auto",
        description="Send pictures as files, or as pixels already reduced to what the model looks at; auto "
        "sends pixels where they give the same embeddings.",
    )
    api_key: SecretStr | None = Field(None, description="Bearer key sent to the inference service.")
    seconds: float = Field(30.0, gt=0, description="Time one request may take.")
    retries: int = Field(
        4, ge=0, description="Times a request is sent again when the service is away or busy."
    )
    in_flight: int = Field(4, gt=0, description="Requests in flight at once to each service.")
    hedge: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of requests that may be asked of a second service when the first is late.",
    )
    priority: Literal["interactive", "normal", "bulk"] = Field(
        "normal", description="How urgent this process's requests are beside those of others."
    )
    name: str = Field("", description="Name of this client; the service is fair between names.")

    @property
    def service_urls(self) -> tuple[str, ...]:
        """Base URL of each service; the first decides which model it is."""
        return tuple(filter(None, (url.strip() for url in self.service_url.split(","))))


class ApplicationSettings(BaseModel, frozen=True):
    """The application that people and their browsers talk to."""

    host: str = Field("127.0.0.1", description="Address the application listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the application.")
    api_key: SecretStr | None = Field(
        None, description="Bearer key callers must send; needed to listen beyond loopback."
    )
    roots: tuple[Path, ...] = Field(
        (),
        description="Folders that may be scanned over the API; empty: those of the command line.",
    )


class ModelSettings(BaseModel, frozen=True):
    """Where models are kept, and how they are fetched from a hub."""

    directory: Path | None = Field(
        None, description="Directory of the models; unset: `models` in the state directory."
    )
    hub: str = Field("", description="Base URL of the hub; empty: HF_ENDPOINT, else https://huggingface.co.")
    connect_seconds: float = Field(
        10.0, gt=0, le=300, description="Longest wait for the hub to take a connection, or to answer, each."
    )
    stall_seconds: float = Field(
        30.0, gt=0, le=3600, description="Longest time a download may bring nothing before it is broken off."
    )
    retries: int = Field(
        4, ge=0, le=100, description="Times a broken download is taken up again without having brought more."
    )


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
    qdrant_url: str = Field("http://127.0.0.1:6333", description="Base URL of the Qdrant server.")
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


def default_state() -> Path:
    """Directory for the library's state, under the user's data directory; not created here."""
    return user_data_path("pinakes", appauthor=False)


class Settings(BaseSettings):
    """All settings; environment variables are `PINAKES_…` with `__` between levels."""

    model_config = SettingsConfigDict(
        env_prefix="PINAKES_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    state: Path = Field(default_factory=default_state, description="Directory of the library's state.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level logged."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written.")
    images: ImageLimits = ImageLimits()
    scan: ScanSettings = ScanSettings()
    inference: InferenceSettings = InferenceSettings()
    client: ClientSettings = ClientSettings()
    application: ApplicationSettings = ApplicationSettings()
    models: ModelSettings = ModelSettings()
    vectors: VectorSettings = VectorSettings()

    @property
    def scan_workers(self) -> int:
        """Decoding processes to start: as set, else one per core this process may use."""
        return self.scan.workers or len(os.sched_getaffinity(0))

    @property
    def models_directory(self) -> Path:
        """Directory of the models: as set, else `models` in the state directory."""
        return self.models.directory or self.state / "models"

    @property
    def vectors_directory(self) -> Path:
        """Directory of the embedded vectors: as set, else `vectors` in the state directory."""
        return self.vectors.directory or self.state / "vectors"

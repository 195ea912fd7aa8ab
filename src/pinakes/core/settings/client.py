"""Settings of how this process reaches an inference service."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


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

"""What the registry says of one model: where it is, what it does, what it costs, and who says so."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pinakes.core.types import Task
from pinakes.models.base import Logits

#: What a model's name may look like: it is a folder, and a part of paths in every protocol.
NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,99}$"

#: Endings of files that hold weights.
WEIGHTS = (".onnx", ".onnx_data", ".onnx.data", ".safetensors")

#: Bytes of one weight in float32.
WEIGHT_BYTES = 4


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryFile(_Part):
    """One file of a model; size and digest are given only where they are known for certain."""

    path: str
    bytes: int | None = Field(None, ge=0)
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    optional: bool = False


class EntryLogits(_Part):
    """How cosines become probabilities, and where the numbers are from; see `Logits`."""

    scale: float
    bias: float = 0.0
    activation: Literal["softmax", "sigmoid"]
    source: str

    def as_logits(self) -> Logits:
        """The same without its source."""
        return Logits(self.scale, self.bias, self.activation)


class Quality(_Part):
    """A published figure of merit, higher is better, with what was measured and who says so."""

    value: float
    measure: str
    source: str


class Cost(_Part):
    """Published time of one picture and peak memory of the process, on the source's machine."""

    milliseconds: float = Field(gt=0)
    mebibytes: float = Field(gt=0)
    source: str


class Entry(_Part):
    """One model of the registry.

    Attributes:
        revision: commit of `repo` that is meant; empty: whatever its main branch holds when pulled.
        dimensions: length of its vectors; 0 where it gives none.
        preprocess: what happens to pictures, for people; what the model's own files say is what is done.
        parameters: number of weights, rounded.
        extra: optional dependency of Pinakes that is needed to run it; empty for none.
    """

    name: str = Field(pattern=NAME_PATTERN)
    aliases: tuple[str, ...] = ()
    family: str
    tasks: tuple[Task, ...] = Field(min_length=1)
    about: str
    repo: str = Field(pattern="^[^/]+/[^/]+$")
    revision: str = Field("", pattern="^([0-9a-f]{40})?$")
    licence: str
    licence_note: str = ""
    dimensions: int = Field(0, ge=0)
    input_side: int = Field(gt=0)
    preprocess: str
    parameters: int = Field(gt=0)
    languages: str
    extra: str = ""
    logits: EntryLogits | None = None
    quality: Quality | None = None
    cost: Cost | None = None
    files: tuple[EntryFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Entry:
        embeds = Task.IMAGE_EMBEDDING in self.tasks
        if embeds != bool(self.dimensions):
            raise ValueError(f"{self.name}: a model has dimensions where it embeds pictures, and only there")
        return self

    @property
    def about_bytes(self) -> int:
        """Size on disk: exact where every large file's is known, else four bytes for each weight."""
        known = [file.bytes for file in self.files if file.path.endswith(WEIGHTS)]
        if None in known:
            return self.parameters * WEIGHT_BYTES
        return sum(file.bytes or 0 for file in self.files)

    @property
    def value(self) -> float | None:
        """Recall per millisecond; None where either is unknown."""
        return self.quality.value / self.cost.milliseconds if self.quality and self.cost else None

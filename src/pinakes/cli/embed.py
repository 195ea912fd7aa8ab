"""`pinakes embed`: files in, embeddings out, in this process or through a service."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.options import StateOption, settings

if TYPE_CHECKING:
    from pinakes.core.protocols import Embedder
    from pinakes.core.settings import ImageLimits
    from pinakes.core.types import Refusal, Vector

#: Most files, and bytes unless a single file has more, held in memory at once.
MOST_FILES, MOST_BYTES = 64, 128 * 2**20


class Mode(StrEnum):
    """Where the model runs."""

    LOCAL = "local"
    REMOTE = "remote"
    AUTO = "auto"


class Spoken(StrEnum):
    """What the service speaks."""

    PINAKES = "pinakes"
    OIP = "oip"
    OPENAI = "openai"
    TORCHSERVE = "torchserve"
    BENTOML = "bentoml"


class EmbedFormat(StrEnum):
    """How the embeddings are written."""

    JSON = "json"
    NPY = "npy"


@dataclass(frozen=True, slots=True)
class Embedded:
    """One file's outcome: its vector, or why it has none."""

    path: str
    outcome: Vector | Refusal


def embed(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Pictures to embed.")],
    mode: Annotated[
        Mode | None,
        typer.Option("--mode", help="In this process, through a service, or the first of both that works."),
    ] = None,
    service_url: Annotated[
        str | None,
        typer.Option(
            "--service-url",
            metavar="URL",
            help="Where the service is, or several are: URL,URL. [http://127.0.0.1:8001]",
        ),
    ] = None,
    protocol: Annotated[
        Spoken | None, typer.Option("--protocol", help="What the service speaks. [pinakes]")
    ] = None,
    form: Annotated[EmbedFormat, typer.Option("--format", help="How they are written.")] = EmbedFormat.JSON,
    state: StateOption = None,
) -> None:
    """Turn each FILE into an embedding: numbers that are near one another for pictures that look alike.

    Without --mode, a service is asked first and this process does it when none answers; standard error says
    which it was. "json" lists paths and numbers; "npy" is a NumPy array of float32, one row per FILE in the
    order given, whose refused rows are NaN.
    """
    from pinakes.core.errors import InvalidRequest
    from pinakes.services.chosen.embedders import chosen_embedder

    read = settings(state)
    if form is EmbedFormat.NPY and sys.stdout.isatty():
        raise InvalidRequest(
            "A NumPy array is no text for a terminal.", remedy="Send it to a file: > out.npy"
        )
    chosen = {
        "mode": mode and mode.value,
        "service_url": service_url,
        "protocol": protocol and protocol.value,
    }
    client = read.client.model_copy(update={name: value for name, value in chosen.items() if value})
    embedder = chosen_embedder(read, client)
    try:
        first = _where(embedder)
        identity = embedder.identity
        output.note(_sentence(embedder, first, client.service_url))
        found = _embedded(embedder, files, read.images)
        last = _where(embedder)
    finally:
        embedder.close()
    if last != first:
        output.note(_sentence(embedder, last, client.service_url))
    if form is EmbedFormat.NPY:
        _write_array(found, identity.dimensions)
    else:
        head = {"model": identity.name, "revision": identity.revision, "preprocess": identity.preprocess}
        used = first if first == last else "both"
        answer = {**head, "dimensions": identity.dimensions, "used": used, **_as_json(found)}
        sys.stdout.write(json.dumps(answer) + "\n")


def _embedded(embedder: Embedder, files: Sequence[str], limits: ImageLimits) -> list[Embedded]:
    found: list[Embedded] = []
    with output.progress("Embedding") as update:
        for batch in _batches(files, limits):
            outcomes = iter(embedder.embed([read for _, read in batch if isinstance(read, bytes)]))
            found += [
                Embedded(path, next(outcomes) if isinstance(read, bytes) else read) for path, read in batch
            ]
            update(len(found), len(files))
    return found


def _batches(files: Sequence[str], limits: ImageLimits) -> Iterator[list[tuple[str, bytes | Refusal]]]:
    """Read files a few at a time, so that memory does not grow with their number."""
    batch: list[tuple[str, bytes | Refusal]] = []
    held = 0
    for path in files:
        read = _read(path, limits)
        size = len(read) if isinstance(read, bytes) else 0
        if batch and (len(batch) == MOST_FILES or held + size > MOST_BYTES):
            yield batch
            batch, held = [], 0
        batch.append((path, read))
        held += size
    if batch:
        yield batch


def _read(path: str, limits: ImageLimits) -> bytes | Refusal:
    from pinakes.core.types import Reason, Refusal
    from pinakes.ingest.steps import read_whole

    try:
        real = Path(path).resolve()
        if real.is_dir():
            return Refusal(Reason.SPECIAL_FILE, "It is a folder; name the files in it.")
        if not real.exists():
            return Refusal(Reason.VANISHED, "There is no such file.")
    except (OSError, ValueError, RuntimeError) as error:
        return Refusal(Reason.UNREADABLE, f"It cannot be opened: {getattr(error, 'strerror', error)}.")
    read = read_whole(str(real), limits)
    return read if isinstance(read, Refusal) else read[0]


def _where(embedder: Embedder) -> str:
    from pinakes.clients.fallback import AutoEmbedder
    from pinakes.clients.inference import HttpEmbedder

    if isinstance(embedder, AutoEmbedder):
        return embedder.used
    return "remote" if isinstance(embedder, HttpEmbedder) else "local"


def _sentence(embedder: Embedder, where: str, url: str) -> str:
    if where == "remote":
        return f"Embedding with the service at {url} (remote)."
    fallback = getattr(embedder, "fallback", "")
    return f"{fallback} (local)" if fallback else "Embedding in this process (local)."


def _as_json(found: Sequence[Embedded]) -> dict[str, Any]:
    from pinakes.core.types import Refusal

    return {
        "embeddings": [
            {"path": each.path, "embedding": each.outcome.tolist()}
            for each in found
            if not isinstance(each.outcome, Refusal)
        ],
        "refused": [
            {"path": each.path, "reason": each.outcome.reason, "detail": each.outcome.detail}
            for each in found
            if isinstance(each.outcome, Refusal)
        ],
    }


def _write_array(found: Sequence[Embedded], dimensions: int) -> None:
    import numpy as np

    from pinakes.core.types import Refusal

    rows = np.full((len(found), dimensions), np.nan, dtype=np.float32)
    for row, each in zip(rows, found, strict=True):
        if isinstance(each.outcome, Refusal):
            output.note(f"refused  {ascii(each.path)[1:-1]}  ({each.outcome.reason}) {each.outcome.detail}")
        else:
            row[:] = each.outcome
    np.save(sys.stdout.buffer, rows)
    sys.stdout.flush()

"""The note beside an installed model's files: what it is, where it is from, what every file holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pinakes.core.types import Task
from pinakes.models.registry.entry import NAME_PATTERN, Entry
from pinakes.models.registry.naming import dimensions_of, tasks_of

#: Digits of the hub's commit that name a revision here.
REVISION_DIGITS = 12

#: File name of the note; a folder without it is no installed model.
MANIFEST = "manifest.json"


class ManifestFile(BaseModel):
    """One file as it was when the model was installed."""

    model_config = ConfigDict(frozen=True)

    path: str
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What is known of an installed model.

    Attributes:
        revision: first twelve digits of the hub's commit, or of a digest over the files where none is known.
        source: repository and commit, or the folder it was imported from.
        entry: name of the registry's entry it belongs to; empty where the registry knows none.
        dimensions: length of its vectors, as the registry or its own description says; 0 for unknown or none.
        kind: layout of its files, one of `Layout`.
        made: files that were written here afterwards, such as smaller variants.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    name: str = Field(pattern=NAME_PATTERN)
    revision: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")
    source: str
    entry: str = ""
    kind: str = ""
    licence: str = "unknown"
    tasks: tuple[Task, ...] = ()
    dimensions: int = 0
    pulled_at: datetime = Field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    files: tuple[ManifestFile, ...]
    made: tuple[ManifestFile, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in (*self.files, *self.made))


def manifest_of(
    folder: Path,
    files: tuple[ManifestFile, ...],
    *,
    name: str,
    revision: str,
    source: str,
    kind: str,
    entry: Entry | None,
) -> Manifest:
    """The note for a model in `folder`, by what the registry says of it, else by its own description."""
    return Manifest(
        name=name,
        revision=revision,
        source=source,
        entry=entry.name if entry else "",
        kind=kind,
        licence=entry.licence if entry else "unknown",
        tasks=entry.tasks if entry else tasks_of(folder, kind),
        dimensions=entry.dimensions if entry else dimensions_of(folder),
        files=files,
    )


def read_manifest(folder: Path) -> Manifest | None:
    """The note in a folder; None where there is none that can be read."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None

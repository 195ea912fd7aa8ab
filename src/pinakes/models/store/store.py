"""Models on this machine: installed whole or not at all, revisions side by side, one of them current."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pinakes.core.errors import NotFound, StateBusy
from pinakes.core.types import Task
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.registry import registry
from pinakes.models.store.checksums import sha256_of
from pinakes.models.store.disk import sync, told, written
from pinakes.models.store.manifest import MANIFEST, Manifest, ManifestFile, read_manifest

#: How long a second process waits for the first, seconds.
PATIENCE = 5.0

#: Holds the name of the revision that is meant where none is named.
CURRENT = "current"

#: Folders of the store itself: downloads under way, what is being deleted, and locks.
_INCOMING, _LEAVING, _LOCKS = ".incoming", ".leaving", ".locks"


@dataclass(frozen=True, slots=True)
class Installed:
    """One revision of a model on this machine, ready to be loaded from `path`."""

    name: str
    revision: str
    path: Path
    tasks: tuple[Task, ...]
    nbytes: int
    current: bool
    manifest: Manifest


class Store:
    """The models in one directory, which is created when something is put there.

    Several processes may use it at once: what changes a model holds that model's lock.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def installed(self) -> list[Installed]:
        """Every revision that is whole, by name; the current one of each name first."""
        found = [each for folder in _folders(self.directory) for each in self._revisions(folder.name)]
        return sorted(found, key=lambda each: (each.name, not each.current, each.revision))

    def find(self, name: str, revision: str = "") -> Installed:
        """The model of this name or alias, in its current revision or the one that begins so.

        Raises:
            NotFound: it is not installed; the remedy is the command that gets it.
        """
        entry = registry().get(name)
        named = self._revisions(name) or (self._revisions(entry.name) if entry else [])
        found = [each for each in named if each.revision.startswith(revision)]
        if not found:
            which = f" in revision {revision}" if revision else ""
            raise NotFound(f"The model {name} is not installed{which}.", remedy=_way_to(name, entry))
        return found[0]

    def install(self, staged: Path, manifest: Manifest) -> Installed:
        """Take a folder of this store's `incoming` in as a model, and make it the current revision.

        What the manifest does not name is deleted from the folder, which is moved after everything in it is
        on disk. The caller holds the model's lock.

        Raises:
            DiskFull, StateUnusable: it cannot be written.
        """
        target = self.directory / manifest.name / manifest.revision
        with told(self.directory):
            _prune(staged, {file.path for file in manifest.files})
            written(staged / MANIFEST, manifest.model_dump_json(indent=2) + "\n")
            for file in manifest.files:
                sync(staged / file.path)
            for folder in {(staged / file.path).parent for file in manifest.files} | {staged}:
                sync(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._discard(target)
            staged.rename(target)
            written(target.parent / CURRENT, manifest.revision)
            sync(target.parent)
        return self.find(manifest.name, manifest.revision)

    def choose(self, model: Installed) -> Installed:
        """Make a revision the current one of its name; the caller holds the model's lock."""
        with told(self.directory):
            written(model.path.parent / CURRENT, model.revision)
        return self.find(model.name, model.revision)

    def record(self, model: Installed, made: list[Path]) -> Installed:
        """Note files that were written into an installed model's folder, so that `verify` knows them."""
        new = [described(model.path, path.relative_to(model.path).as_posix()) for path in made]
        kept = {file.path: file for file in (*model.manifest.made, *new)}
        manifest = model.manifest.model_copy(update={"made": tuple(kept.values())})
        with told(self.directory):
            written(model.path / MANIFEST, manifest.model_dump_json(indent=2) + "\n")
        return self.find(model.name, model.revision)

    def verify(self, model: Installed) -> list[str]:
        """Read every file and return the paths of those that are absent or not as they were."""
        return [
            file.path
            for file in (*model.manifest.files, *model.manifest.made)
            if not (model.path / file.path).is_file() or sha256_of(model.path / file.path) != file.sha256
        ]

    def remove(self, name: str, revision: str = "") -> list[Installed]:
        """Delete a model, or one revision of it, and what is left of its downloads; returns what went.

        Raises:
            NotFound: it is not installed.
            StateBusy: another process is changing it.
        """
        found = self.find(name, revision)
        with self.held(found.name):
            going = [found] if revision else self._revisions(found.name)
            with told(self.directory):
                for each in going:
                    self._discard(each.path)
                self._choose_current(found.name)
                for left in (self.directory / _INCOMING).glob(f"{found.name}@*"):
                    self._discard(left)
        return going

    def incoming(self, name: str, revision: str) -> Path:
        """Folder in which a model's files gather before it is installed; kept when a download breaks off."""
        folder = self.directory / _INCOMING / f"{name}@{revision}"
        with told(self.directory):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def held(self, name: str, *, seconds: float = PATIENCE) -> Iterator[None]:
        """Hold a model's lock; it is free again when the process ends, however it ends.

        Raises:
            StateBusy: another process held it all the time.
        """
        with told(self.directory):
            (self.directory / _LOCKS).mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.directory / _LOCKS / f"{name}.lock", timeout=seconds)
            try:
                lock.acquire()
            except Timeout as error:
                raise StateBusy(
                    f"Another Pinakes is getting or removing {name}.",
                    remedy="Wait until it has finished, and try again.",
                ) from error
        try:
            yield
        finally:
            lock.release()

    def _revisions(self, name: str) -> list[Installed]:
        folder = self.directory / name
        current = _current(folder)
        found = []
        for place in _folders(folder):
            manifest = read_manifest(place)
            if manifest and (manifest.name, manifest.revision) == (name, place.name):
                is_current = place.name == current
                found.append(
                    Installed(name, place.name, place, manifest.tasks, manifest.nbytes, is_current, manifest)
                )
        return sorted(found, key=lambda each: (not each.current, -each.manifest.pulled_at.timestamp()))

    def _choose_current(self, name: str) -> None:
        left = self._revisions(name)
        folder = self.directory / name
        if left:
            written(folder / CURRENT, left[0].revision)
        else:
            self._discard(folder)

    def _discard(self, folder: Path) -> None:
        """Delete a folder; it is moved out of sight first, so that a crash leaves no half model."""
        leaving = self.directory / _LEAVING
        if folder.exists():
            leaving.mkdir(parents=True, exist_ok=True)
            folder.rename(leaving / uuid.uuid4().hex)
        for left in leaving.glob("*"):
            shutil.rmtree(left, ignore_errors=True)


def described(folder: Path, path: str) -> ManifestFile:
    """A file of a model with its size and SHA-256."""
    place = folder / path
    return ManifestFile(path=path, bytes=place.stat().st_size, sha256=sha256_of(place))


def _way_to(name: str, entry: Entry | None) -> str:
    if entry or name.count("/") == 1:
        return f"Get it with `pinakes models pull {entry.name if entry else name}`."
    return "`pinakes models list` shows which are, and which can be had."


def _prune(folder: Path, kept: set[str]) -> None:
    for path in folder.rglob("*"):
        if not path.is_dir() and path.relative_to(folder).as_posix() not in kept:
            path.unlink()


def _current(folder: Path) -> str:
    try:
        return (folder / CURRENT).read_text("utf-8").strip()
    except OSError:
        return ""


def _folders(folder: Path) -> list[Path]:
    with told(folder), suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        return sorted(Path(each.path) for each in entries if each.is_dir() and each.name[0] != ".")
    return []

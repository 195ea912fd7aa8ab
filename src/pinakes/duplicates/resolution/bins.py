"""Where removed files wait to be put back: on the volume they come from, since nothing is ever copied."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pinakes.core.paths import is_under

#: Directory of the trash in the state directory, and on volumes that the state is not on.
IN_STATE, ON_VOLUME = "trash", ".pinakes-trash"

#: Longest name in the trash that carries the file's own, bytes: what encrypting file systems take.
_LONGEST = 143

#: Nobody else is to see what was removed.
_MODE = 0o700


@dataclass(slots=True)
class Bin:
    """Chooses where the files of one act wait; makes no directory until `prepare`."""

    state: Path
    act: str
    _chosen: dict[tuple[str, str], str] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)

    def place(self, path: str, folder: str, item: int) -> str:
        """Path in the trash for the file at `path`, in the scanned `folder`; relative if in the state.

        It is in the state directory where that is on the same volume and not itself in `folder`, where a
        scan would meet it; else in the highest directory at or below `folder` that is on the file's volume
        and can be written.
        """
        parent, name = os.path.split(path)
        directory = self._chosen.get((parent, folder))
        if directory is None:
            directory = self._chosen[parent, folder] = self._directory(parent, folder)
        named = f"{item}-{name}"
        return f"{directory}/{named if len(os.fsencode(named)) <= _LONGEST else item}"

    def prepare(self, place: str, folder: str) -> tuple[str, str]:
        """Make the directory that `place` is in; returns the absolute path and the folder it must lie in.

        Raises:
            OSError: it cannot be made.
        """
        path, within = located(self.state, place, folder)
        directory = os.path.dirname(path)  # noqa: PTH120
        if directory not in self._made:
            Path(directory).parent.mkdir(mode=_MODE, parents=True, exist_ok=True)
            Path(directory).mkdir(mode=_MODE, exist_ok=True)
            self._made.add(directory)
        return path, within

    def _directory(self, parent: str, folder: str) -> str:
        mount = _mount(parent)
        scanned = is_under(str(self.state), folder)
        if mount is None or (mount == _mount(_existing(self.state / IN_STATE)) and not scanned):
            return f"{IN_STATE}/{self.act}"
        for candidate in _downwards(folder, parent):
            trash = os.path.join(candidate, ON_VOLUME)  # noqa: PTH118
            usable = _writable(trash) if os.path.lexists(trash) else _writable(candidate)
            if usable and _mount(candidate) == mount:
                return f"{trash}/{self.act}"
        return f"{parent}/{ON_VOLUME}/{self.act}"


def located(state: Path, place: str, folder: str) -> tuple[str, str]:
    """Absolute path of a place in the trash, and the folder that it must lie in."""
    if place.startswith("/"):
        return place, folder
    return f"{state}/{place}", str(state)


def tidy(state: Path, places: Iterable[tuple[str, str]]) -> None:
    """Remove the directories of acts in which nothing is left, and a volume's trash that is empty."""
    directories = {os.path.dirname(located(state, *place)[0]) for place in places}  # noqa: PTH120
    for directory in directories:
        with suppress(OSError):
            Path(directory).rmdir()
            if Path(directory).parent.name == ON_VOLUME:
                Path(directory).parent.rmdir()


def _downwards(folder: str, directory: str) -> Iterator[str]:
    """From `folder` down to `directory`, both included."""
    if not is_under(directory, folder):
        folder = directory
    yield folder
    base = folder.rstrip("/")
    for slash in re.finditer("/", directory[len(base) + 1 :]):
        yield directory[: len(base) + 1 + slash.start()]
    if directory != folder:
        yield directory


def _existing(path: Path) -> str:
    while not path.exists():
        path = path.parent
    return str(path)


def _mount(directory: str) -> tuple[int, str] | None:
    """What a rename cannot leave: the device, and the mount where the system tells; None if not there."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.fstat(descriptor).st_dev, _mount_id(descriptor)
    finally:
        os.close(descriptor)


def _mount_id(descriptor: int) -> str:
    # Two mounts of one file system, as bind mounts are, have the same device number.
    try:
        told = Path(f"/proc/self/fdinfo/{descriptor}").read_text()
    except OSError:
        return ""
    return next((line for line in told.splitlines() if line.startswith("mnt_id:")), "")


def _writable(directory: str) -> bool:
    return os.access(directory, os.W_OK | os.X_OK)

"""The watcher: hears or looks for changes in folders, lets them settle, and names the directories to scan."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine

from pinakes.core import logging
from pinakes.core.errors import PinakesError
from pinakes.core.paths import is_under
from pinakes.core.settings import WatchSettings
from pinakes.ingest.source import Walk, outermost
from pinakes.ingest.watching import mounts
from pinakes.ingest.watching.comparing import changed_directories
from pinakes.ingest.watching.inotify import NoNotifications
from pinakes.ingest.watching.metrics import WatchMetrics
from pinakes.ingest.watching.presence import Presence
from pinakes.ingest.watching.settling import Settling
from pinakes.ingest.watching.tree import Tree, text

#: Time between two looks at whether folders and drives are there, seconds; the wait for notifications.
LOOK_SECONDS = 1.0

#: Time before directories are named again whose scan failed, seconds.
RETRY_SECONDS = 30.0

#: Share of the quiet given to a directory that a single file in it must have had.
_REST_SHARE = 0.5


class Manner(StrEnum):
    """How changes in a folder are noticed now."""

    NOTIFIED = "notified"
    COMPARED = "compared"
    ABSENT = "absent"


@dataclass(slots=True)
class Place:
    """A watched folder, or the place of a drive inside one; `why` is a sentence where it is not notified."""

    folder: str
    presence: Presence
    manner: Manner = Manner.ABSENT
    why: str = ""
    looked_at: float = 0.0


class Watcher:
    """Watches the folders of a walk until it is told to stop.

    Args:
        engine: the library, which tells what was there.
        walk: the folders, and what is left out in them.
        on_change: called from the watching thread with directories below which something changed and came
            to rest, none inside another; at the start, and when one is back, with the whole folders. A scan
            of `scannable(directories)` takes the changes in. Changes are collected while it runs. A
            `PinakesError` it raises is logged, and the directories are named again later.
        settings: how changes are noticed, and how long they settle.
        say: hears a sentence whenever the manner of watching a folder changes.
        metrics: counts what is noticed.
    """

    def __init__(
        self,
        engine: Engine,
        walk: Walk,
        on_change: Callable[[frozenset[str]], None],
        settings: WatchSettings,
        *,
        say: Callable[[str], None] = lambda _: None,
        metrics: WatchMetrics | None = None,
    ) -> None:
        self._engine, self._walk, self._settings = engine, walk, settings
        self._wanted = walk.folders
        self._on_change, self._say = on_change, say
        self._metrics = metrics or WatchMetrics()
        self._log = logging.get("watch")
        self._settling = Settling(settings.settle_seconds)
        self._held: set[str] = set()
        self._places: dict[str, Place] = {}
        self._table: bytes | None = None
        self._tree: Tree | None = None
        self._again: list[tuple[float, frozenset[str]]] = []

    @property
    def places(self) -> tuple[Place, ...]:
        """The watched folders and the drives in them, and how changes there are noticed."""
        return tuple(self._places.values())

    def watch(self, folders: tuple[str, ...]) -> None:
        """Watch these folders from the next look on; each that is new among them is named as a whole.

        They are as a `Walk` wants them: real, none inside another, in byte order.
        """
        self._wanted = folders

    def scannable(self, directories: frozenset[str]) -> Walk:
        """The walk for a scan of directories that `on_change` was given: files being written are left out."""
        rest_seconds = _REST_SHARE * self._settings.settle_seconds
        return replace(self._walk, rest_seconds=rest_seconds).limited(directories)

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set; ends within a second of it, or when `on_change` returns."""
        try:
            while not stop.is_set():
                self._follow()
                self._look()
                self._listen(stop)
                self._tell()
        finally:
            if self._tree is not None:
                self._tree.close()

    def _follow(self) -> None:
        """Take up the folders that are wanted now, and let go of the others."""
        folders = self._wanted
        if folders == self._walk.folders:
            return
        self._walk = replace(self._walk, folders=folders)
        for gone in [one for one in self._places if not any(is_under(one, folder) for folder in folders)]:
            self._let_go(gone)
        self._table = None  # so that drives are looked for again
        self._metrics.show(place.manner.value for place in self._places.values())

    def _let_go(self, folder: str) -> None:
        del self._places[folder]
        if self._tree is not None:
            self._tree.remove(os.fsencode(folder))
        # What lies inside of it and stays lost its notifications with it, and begins anew.
        for place in self._places.values():
            if is_under(place.folder, folder):
                place.manner = Manner.ABSENT

    def _look(self) -> None:
        """See which drives there are and whether the folders are there, and compare those that are due."""
        table = mounts.read_table()
        if table != self._table:
            self._table = table
            self._find_places(mounts.parsed(table))
        now = time.monotonic()
        for place in self._places.values():
            self._judge(place)
            if place.manner is not Manner.ABSENT and now >= place.looked_at + self._interval(place):
                place.looked_at = now
                self._compare(place)

    def _find_places(self, table: tuple[mounts.Mount, ...]) -> None:
        drives = [mount.folder for folder in self._walk.folders for mount in mounts.below(folder, table)]
        inside = [
            path for path in drives if Path(path).is_dir() and not self._walk.leaves_out(os.fsencode(path))
        ]
        # The place of a drive that is gone stays, since what was on it must not be held to be deleted.
        for folder in (*self._walk.folders, *inside):
            self._places.setdefault(folder, Place(folder, Presence(self._engine, folder)))

    def _judge(self, place: Place) -> None:
        doubt = place.presence.doubt()
        if doubt is not None and (place.manner is not Manner.ABSENT or doubt != place.why):
            self._move(place, Manner.ABSENT, doubt)
            if self._tree is not None:
                self._tree.remove(os.fsencode(place.folder))
        elif doubt is None and place.manner is Manner.ABSENT:
            self._begin(place)

    def _begin(self, place: Place) -> None:
        """Watch a folder that is there for the first time, or again: by notifications where there are any."""
        why = self._unnotified(place.folder)
        if why is None:
            try:
                self._listening().add(os.fsencode(place.folder))
            except NoNotifications as error:
                why = str(error)
        self._move(place, Manner.COMPARED if why else Manner.NOTIFIED, why or "")
        # Whatever happened before it was watched is found by looking at all of it.
        self._settling.touch((place.folder,), time.monotonic())
        place.looked_at = time.monotonic()

    def _unnotified(self, folder: str) -> str | None:
        if self._settings.notify == "never":
            return "The settings say so."
        mount = mounts.holding(folder, mounts.parsed(self._table or b""))
        if self._settings.notify == "auto" and mount is not None and not mount.notifies:
            return f"Nobody notifies of changes on {mount.kind}."
        return None

    def _listening(self) -> Tree:
        if self._tree is None:
            self._tree = Tree(self._walk)
        # Each drive inside a folder is watched by itself, in its own manner.
        drives = tuple(folder for folder in self._places if folder not in self._walk.folders)
        self._tree.walk = replace(self._walk, never=(*self._walk.never, *drives))
        return self._tree

    def _interval(self, place: Place) -> float:
        if place.manner is Manner.COMPARED:
            return self._settings.poll_seconds
        return self._settings.rescan_seconds or float("inf")

    def _compare(self, place: Place) -> None:
        started = time.monotonic()
        with self._metrics.comparison.time():
            touched = changed_directories(self._engine, self._walk.limited((place.folder,)))
        seconds = time.monotonic() - started
        self._log.debug("compared", folder=place.folder, directories=len(touched), seconds=round(seconds, 3))
        self._settling.touch(touched, time.monotonic())

    def _listen(self, stop: threading.Event) -> None:
        """Wait a moment for notifications."""
        seconds = min(LOOK_SECONDS, self._settings.settle_seconds / 2)
        if self._tree is None:
            stop.wait(seconds)
            return
        try:
            touched = self._tree.read(seconds)
        except NoNotifications as error:
            self._compare_from_now_on(str(error))
            return
        if touched is None:
            self._metrics.lost.inc()
            self._log.warning("notifications-lost", why="They came faster than they were taken.")
            self._compare_soon()
            return
        self._settling.touch(text(touched), time.monotonic())

    def _compare_soon(self) -> None:
        """Find what was not notified, at the next look."""
        for place in self._notified():
            place.looked_at = float("-inf")

    def _compare_from_now_on(self, why: str) -> None:
        self._compare_soon()
        for place in self._notified():
            self._move(place, Manner.COMPARED, why)
        if self._tree is not None:
            self._tree.close()
            self._tree = None

    def _notified(self) -> list[Place]:
        return [place for place in self._places.values() if place.manner is Manner.NOTIFIED]

    def _move(self, place: Place, manner: Manner, why: str) -> None:
        before, place.manner, place.why = place.manner, manner, why
        self._metrics.show(each.manner.value for each in self._places.values())
        self._log.info("watching", folder=place.folder, manner=manner.value, why=why)
        if manner is Manner.ABSENT:
            self._say(f"{place.folder}: {why}. Nothing is held to be deleted; it is watched for its return.")
        elif manner is Manner.COMPARED:
            self._say(f"{place.folder} is compared every {self._settings.poll_seconds:g} s. {why}")
        elif before is not manner:
            self._say(f"{place.folder} is watched.")

    def _tell(self) -> None:
        """Name what has settled, but for what an absent drive makes unbelievable."""
        now = time.monotonic()
        settled = self._settling.ready(now) | self._held
        for due, directories in [entry for entry in self._again if entry[0] <= now]:
            self._again.remove((due, directories))
            settled |= directories
        existing = {found for path in settled if (found := self._existing(path)) is not None}
        self._held = {path for path in existing if self._is_doubtful(path)}
        directories = frozenset(outermost(existing - self._held))
        if directories:
            self._scan(directories)

    def _scan(self, directories: frozenset[str]) -> None:
        self._log.info("changed", directories=len(directories), first=ascii(min(directories)))
        try:
            self._on_change(directories)
            self._metrics.changed.labels("taken").inc(len(directories))
        except PinakesError as error:
            self._metrics.changed.labels("failed").inc(len(directories))
            self._log.warning("not-taken", why=error.sentence, again_in_seconds=RETRY_SECONDS)
            self._again.append((time.monotonic() + RETRY_SECONDS, directories))

    def _existing(self, path: str) -> str | None:
        """The directory, or the nearest above it that is there, up to its folder; None outside of all."""
        root = next((folder for folder in self._walk.folders if is_under(path, folder)), None)
        above = (str(one) for one in (Path(path), *Path(path).parents))
        return root and next(one for one in above if one == root or Path(one).is_dir())

    def _is_doubtful(self, path: str) -> bool:
        for place in self._places.values():
            if is_under(path, place.folder) or is_under(place.folder, path):
                self._judge(place)
                if place.manner is Manner.ABSENT:
                    return True
        return False

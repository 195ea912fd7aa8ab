"""The library that services work on, and the folders in which they may scan and change files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from pinakes.blobs.base import BlobStore
from pinakes.blobs.local import LocalBlobStore
from pinakes.core.errors import Forbidden, InvalidRequest
from pinakes.core.paths import is_under
from pinakes.core.settings import Settings
from pinakes.db.session import open_database
from pinakes.duplicates.resolution.recovery import recover
from pinakes.ingest.source import resolve_folders
from pinakes.services.index import Index

#: How the application's roots are added to.
OPENING = "Start with it (`pinakes up FOLDER`), or add it to PINAKES_APPLICATION__ROOTS."


@dataclass(frozen=True, slots=True)
class Library:
    """What every route needs: the database, the thumbnails, the settings, the real allowed roots, the index.

    `given` are the roots of the command line and the settings, `uploads` the real folder that pictures added
    in the browser go to, or empty. `opening` tells how a root is added, for those who ask for a folder
    outside of all.
    """

    settings: Settings
    engine: Engine
    thumbnails: BlobStore
    given: tuple[str, ...]
    index: Index
    opening: str = OPENING
    uploads: str = ""

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders that may be scanned and changed: those given, and that of uploads once it is there."""
        if self.uploads and self.uploads not in self.given and Path(self.uploads).is_dir():
            return (*self.given, self.uploads)
        return self.given

    def reading(self) -> Connection:
        """A connection that only reads, and so waits for nobody."""
        return self.engine.execution_options(readonly=True).connect()

    def allowed(self, folders: Sequence[str]) -> tuple[str, ...]:
        """Return folders as real absolute paths, all of them below the roots; none given means the roots.

        Raises:
            Forbidden: one lies elsewhere, also when only a link in it leads there.
            FolderUnreadable: one cannot be read.
            InvalidRequest: one is no absolute path.
        """
        for folder in folders:
            self._check(folder)
        return self.confined(resolve_folders(folders or self.roots))

    def within(self, folder: str) -> str:
        """Return a folder as a real path below the roots, whether or not it is there now.

        Raises:
            Forbidden: it lies elsewhere, also when only a link leads there.
            InvalidRequest: it is no absolute path.
        """
        self._check(folder)
        return os.path.realpath(folder)

    def confined(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Return paths that may be changed.

        Raises:
            Forbidden: one lies outside of the roots, or there are none.
        """
        if not self.roots:
            raise Forbidden("No folder may be scanned or changed over the API.", remedy=self.opening)
        for path in paths:
            if not any(is_under(os.path.realpath(path), root) for root in self.roots):
                raise Forbidden(
                    f"The folder {path!r} is not among those that may be scanned or changed.",
                    remedy=self.opening,
                )
        return paths

    def close(self) -> None:
        """Close the index and the database."""
        self.index.close()
        self.engine.dispose()

    def _check(self, folder: str) -> None:
        if not folder.startswith("/") or "\0" in folder:
            raise InvalidRequest(f"{folder!r} is no absolute path.")
        self.confined((folder,))


def open_library(
    settings: Settings,
    folders: Sequence[str],
    *,
    roots: Sequence[Path] | None = None,
    opening: str = OPENING,
) -> Library:
    """Open the library of the settings, and settle what a kill broke off in an act.

    `folders` are allowed roots beside `roots`, which are the application's unless given. The index is opened
    when it is first used.

    Raises:
        StateUnusable, DiskFull: the state cannot be opened.
        FolderUnreadable: one of `folders` cannot be read.
    """
    given = resolve_folders(folders)
    configured = map(os.path.realpath, settings.application.roots if roots is None else roots)
    engine = open_database(settings.state)
    recover(engine, settings.state)
    return Library(
        settings,
        engine,
        LocalBlobStore(settings.state / "thumbnails"),
        tuple(dict.fromkeys((*given, *configured))),
        Index(settings, engine),
        opening,
        os.path.realpath(settings.uploads_directory) if roots is None else "",
    )

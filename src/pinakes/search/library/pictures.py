"""Pictures of the library that a question names: found by asset or content, within the folders that ask."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, select

from pinakes.core.errors import ImageRefused, NotFound
from pinakes.core.payload import Folders
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason
from pinakes.db.tables import assets
from pinakes.images.hashing import sha256


@dataclass(frozen=True, slots=True)
class LibraryPicture:
    """A stored picture that is there: which asset, what its bytes are, where they lie."""

    asset: int
    sha256: str
    path: str

    def read(self, limits: ImageLimits) -> bytes:
        """Its bytes.

        Raises:
            ImageRefused: the file is gone, changed since it was scanned, or cannot be read.
        """
        try:
            with Path(self.path).open("rb") as file:
                encoded = file.read(limits.max_bytes + 1)
        except OSError as error:
            raise ImageRefused(
                Reason.UNREADABLE,
                f"The file of asset {self.asset} cannot be read: {error.strerror}.",
                remedy="Connect the disk that it is on, or scan its folder again.",
            ) from error
        if sha256(encoded) != self.sha256:
            raise ImageRefused(
                Reason.CHANGED,
                f"The file of asset {self.asset} changed since it was scanned.",
                remedy="Scan its folder again.",
            )
        return encoded

    @property
    def suffix(self) -> str:
        """The ending of its name in lower case, such as ".nef"."""
        return os.path.splitext(self.path)[1].lower()  # noqa: PTH122 - the path may be no UTF-8


def by_asset(engine: Engine, asset: int, folders: Folders) -> LibraryPicture:
    """The picture of an asset in one of these folders.

    Raises:
        NotFound: there is none; those of other folders do not exist for the question.
    """
    return _first(engine, assets.c.id == asset, folders, f"There is no picture with the asset {asset}.")


def by_content(engine: Engine, digest: str, folders: Folders) -> LibraryPicture:
    """A picture whose bytes have this SHA-256, of several the oldest asset.

    Raises:
        NotFound: there is none in these folders.
    """
    wanted = digest.lower()
    return _first(
        engine, assets.c.sha256 == wanted, folders, f"There is no picture with the SHA-256 {digest!a:.70}."
    )


def _first(engine: Engine, condition: ColumnElement[bool], folders: Folders, absent: str) -> LibraryPicture:
    there = assets.c.outcome == "stored", assets.c.missing.is_(False)
    query = select(assets.c.id, assets.c.sha256, assets.c.path, assets.c.directory).where(condition, *there)
    with engine.execution_options(readonly=True).connect() as connection:
        for asset, digest, path, directory in connection.execute(query.order_by(assets.c.id)):
            if folders is None or directory in folders:
                return LibraryPicture(asset, digest, path)
    raise NotFound(absent)

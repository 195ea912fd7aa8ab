"""Whether a folder is there at all, so that a drive that was detached is never taken for a deletion."""

from __future__ import annotations

import os

from sqlalchemy import Engine, select

from pinakes.db.paths import below
from pinakes.db.tables import assets

#: Known files looked for at either end of a folder's order of paths, before all of them are held to be gone.
SAMPLE = 32

#: What is said of a folder in which none of the known files is left.
EMPTIED = (
    "none of the files that the library knows there is there any more; its drive is probably not attached. "
    "If they were deleted on purpose, `pinakes scan` takes note of it"
)


class Presence:
    """Judges one folder: a root that is watched, or the place of a drive inside one."""

    def __init__(self, engine: Engine, folder: str) -> None:
        self._engine = engine
        self.folder = folder
        self._device: int | None = None

    def doubt(self) -> str | None:
        """Say why nothing that is missing from the folder may be held to be deleted, or None.

        A folder is believed where it can be listed and is not empty, on the device it was on before. An
        empty one, or one on another device, is believed where the library knows nothing there, or where
        some of the files at the begin and the end of what it knows are there.
        """
        try:
            with os.scandir(self.folder) as entries:
                empty = next(entries, None) is None
            device = os.stat(self.folder).st_dev  # noqa: PTH116 - of every folder every second
        except OSError as error:
            return f"it cannot be listed ({error.strerror})"
        if not empty and device == self._device:
            return None
        known = self._known()
        if known and not any(map(os.path.lexists, known)):
            return EMPTIED
        self._device = device
        return None

    def _known(self) -> list[str]:
        query = select(assets.c.path).where(below((self.folder,)), ~assets.c.missing).limit(SAMPLE)
        with self._engine.execution_options(readonly=True).connect() as connection:
            return [
                str(path)
                for order in (assets.c.path.asc(), assets.c.path.desc())
                for path in connection.scalars(query.order_by(order))
            ]

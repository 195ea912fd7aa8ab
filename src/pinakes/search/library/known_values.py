"""What the library holds in a field, to complete what is typed and to find a camera by a part of its name."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Engine, select

from pinakes.core.payload import PICTURES, Folders, Kind
from pinakes.db.tables import directories
from pinakes.words.base import WordIndex

#: Values of one field that are known: those of the most pictures.
KNOWN = 10_000

#: How long values are kept, seconds.
KEPT_SECONDS = 60.0

#: Most values that are given at once: as many cameras may a word for one stand for.
MOST = 200

#: Fields of the language whose name in the payload is another.
_PAYLOAD = {"tag": "tags"}


class KnownValues:
    """Values by field, the most frequent first, of the folders that one question may see."""

    def __init__(self, engine: Engine, words: WordIndex, folders: Folders) -> None:
        self._engine, self._words, self._folders = engine, words, folders
        self._values: dict[str, tuple[float, Sequence[str]]] = {}
        self._lock = threading.Lock()

    def __call__(self, field: str, prefix: str) -> list[str]:
        """At most `MOST` values of a field that have a word beginning with `prefix`, whatever its case."""
        begun = prefix.casefold()
        values = (value for value in self._all(field) if _has_begin(value.casefold(), begun))
        return [value for value, _ in zip(values, range(MOST), strict=False)]

    def _all(self, field: str) -> Sequence[str]:
        with self._lock:
            until, values = self._values.get(field, (0.0, ()))
            if time.monotonic() > until:
                values = self._of_directories() if field == "folder" else self._of_payloads(field)
                self._values[field] = (time.monotonic() + KEPT_SECONDS, values)
            return values

    def _of_payloads(self, field: str) -> Sequence[str]:
        known = PICTURES.by_name.get(_PAYLOAD.get(field, field))
        if known is None or known.kind not in (Kind.KEYWORD, Kind.KEYWORDS) or known.name == "sha256":
            return ()
        return self._words.values(known.name, limit=KNOWN, folders=self._folders)

    def _of_directories(self) -> Sequence[str]:
        with self._engine.execution_options(readonly=True).connect() as connection:
            known = connection.execute(select(directories.c.id, directories.c.path)).all()
        seen = (path for number, path in known if self._folders is None or number in self._folders)
        counted = Counter(name for path in seen for name in set(path.split("/")) if name)
        return [name for name, _ in counted.most_common(KNOWN)]


def _has_begin(value: str, begun: str) -> bool:
    return value.startswith(begun) or f" {begun}" in value

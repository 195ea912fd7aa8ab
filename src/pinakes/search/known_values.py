"""What the library holds in a field, to complete what is typed and to find a camera by a part of its name."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Engine, select

from pinakes.core.payload import PICTURES, Folders, Kind, PayloadValue
from pinakes.db.tables import directories
from pinakes.words.base import WordIndex

#: Newest pictures whose values are known; values that only older ones have are found when typed whole.
NEWEST = 5000

#: How long values are kept, seconds.
KEPT_SECONDS = 60.0

#: Most values that are suggested.
MOST = 20

#: Fields of the language whose name in the payload is another.
_PAYLOAD = {"tag": "tags"}

_Counts = dict[str, Counter[str]]


class KnownValues:
    """Values by field, the most frequent first, of the folders that one question may see."""

    def __init__(self, engine: Engine, words: WordIndex, folders: Folders) -> None:
        self._engine, self._words, self._folders = engine, words, folders
        self._counts: _Counts = {}
        self._until, self._lock = 0.0, threading.Lock()

    def __call__(self, field: str, prefix: str) -> list[str]:
        """At most `MOST` values of a field that have a word beginning with `prefix`, whatever its case."""
        counted = self._counted().get(_PAYLOAD.get(field, field), Counter[str]())
        begun = prefix.casefold()
        values = (value for value, _ in counted.most_common() if _has_begin(value.casefold(), begun))
        return [value for _, value in zip(range(MOST), values, strict=False)]

    def _counted(self) -> _Counts:
        with self._lock:
            if time.monotonic() > self._until:
                self._counts = {**self._of_payloads(), "folder": self._of_directories()}
                self._until = time.monotonic() + KEPT_SECONDS
            return self._counts

    def _of_payloads(self) -> _Counts:
        names = [field.name for field in PICTURES.fields if field.kind in (Kind.KEYWORD, Kind.KEYWORDS)]
        counts: _Counts = {name: Counter() for name in names if name != "sha256"}
        for hit in self._words.query((), limit=NEWEST, folders=self._folders):
            for name, counter in counts.items():
                counter.update(_each(hit.payload.get(name, ())))
        return counts

    def _of_directories(self) -> Counter[str]:
        with self._engine.execution_options(readonly=True).connect() as connection:
            known = connection.execute(select(directories.c.id, directories.c.path)).all()
        seen = (path for number, path in known if self._folders is None or number in self._folders)
        return Counter(name for path in seen for name in set(path.split("/")) if name)


def _each(value: PayloadValue) -> Iterable[str]:
    return value if isinstance(value, tuple) else (str(value),)


def _has_begin(value: str, begun: str) -> bool:
    return value.startswith(begun) or f" {begun}" in value

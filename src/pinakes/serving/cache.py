"""Results kept by content and model, least recently used out first; off unless it is given room."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from pinakes.core.types import Caption, ModelIdentity, Task
from pinakes.models.base import Result
from pinakes.serving.request import Input

#: What an entry costs beside its result, bytes: key, links of the order, object headers; rounded up.
ENTRY_BYTES = 512

#: Names a result: model, task, SHA-256 of the input.
Key = tuple[str, Task, bytes]


class ResultCache:
    """Keeps results within `room` bytes; 0 keeps nothing. Safe from any thread."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._results: OrderedDict[Key, Result] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, identity: ModelIdentity, task: Task, source: Input) -> Key | None:
        """Name the result of an input; None where nothing is kept or the input is no bytes and no words."""
        if not self._room or not isinstance(source, (bytes, str)):
            return None
        content = source.encode() if isinstance(source, str) else source
        return identity.key, task, hashlib.sha256(content).digest()

    def get(self, key: Key) -> Result | None:
        """The result, if it is kept."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: Key, result: Result) -> None:
        """Keep a result, and let go of those not asked for longest."""
        with self._lock:
            if key in self._results:
                return
            self._results[key] = result
            self._held += _nbytes(result)
            while self._held > self._room:
                _, dropped = self._results.popitem(last=False)
                self._held -= _nbytes(dropped)


def _nbytes(result: Result) -> int:
    return ENTRY_BYTES + (len(result.text) if isinstance(result, Caption) else result.nbytes)

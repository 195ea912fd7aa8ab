"""The seam of whatever else becomes of a picture while a scan decodes it, so that it is decoded once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pinakes.ingest.framing import Framed, Framing


class Alongside(Protocol):
    """Takes framed pictures from any number of threads; what it does with them never fails the scan."""

    @property
    def framing(self) -> Framing:
        """How it wants pictures."""
        ...

    def wants(self, sha256: str) -> bool:
        """Whether it would do something with this content."""
        ...

    def offer(self, sha256: str, framed: Framed) -> None:
        """Hand a picture over; waits while as many as are allowed are waiting."""
        ...

    def written(self, sha256s: Sequence[str]) -> None:
        """Say that the library now has the rows of these contents."""
        ...

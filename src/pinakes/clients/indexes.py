"""A client of the application's indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pinakes.clients.jobs import JobsClient


class IndexesClient(JobsClient):
    """Builds, compares and switches indexes; answers are those of `schemas.switching`."""

    def indexes(self) -> list[dict[str, Any]]:
        """Every index."""
        found: list[dict[str, Any]] = self._asked("GET", "/indexes")["indexes"]
        return found

    def build(self, model: str, *, again: bool = False) -> dict[str, Any]:
        """Have an index built; the job."""
        return self._asked("POST", "/indexes", json={"model": model, "again": again})

    def compare(self, index: str, queries: Sequence[str], *, past: int, limit: int) -> dict[str, Any]:
        """How answers would change."""
        asked = {"index": index, "queries": [*queries], "past": past, "limit": limit}
        return self._asked("POST", "/indexes/compare", json=asked)

    def use(self, index: str, *, incomplete: bool = False) -> dict[str, Any]:
        """Have an index answer."""
        return self._asked("POST", "/indexes/use", json={"index": index, "incomplete": incomplete})

    def back(self) -> dict[str, Any]:
        """Have the index answer that did before."""
        return self._asked("POST", "/indexes/back")

    def drop(self, index: str) -> dict[str, Any]:
        """Forget an index."""
        return self._asked("DELETE", f"/indexes/{quote(index, safe='')}")

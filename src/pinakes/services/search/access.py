"""Which scopes of a key allow which request of the search service."""

from __future__ import annotations

from pinakes.core.settings import KeyScope
from pinakes.services.http.keys import ALL_SCOPES

_METRICS: frozenset[KeyScope] = frozenset({"metrics"})
_ASKERS: frozenset[KeyScope] = frozenset({"infer"})


def allowed_scopes(_method: str, path: str) -> frozenset[KeyScope]:
    """The scopes of which a key needs one for this path: any for the description, `infer` for the rest."""
    if path == "/openapi.json":
        return ALL_SCOPES
    return _METRICS if path == "/metrics" else _ASKERS

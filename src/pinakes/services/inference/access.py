"""Which scopes of a key allow which request of the inference service, and what needs no key."""

from __future__ import annotations

import re

from pinakes.core.settings import KeyScope
from pinakes.services.http.keys import ALL_SCOPES

#: Paths that need no key: balancers and orchestrators ask them, and they tell little.
PROBES = ("/health", "/livez", "/readyz", "/v2/health/live", "/v2/health/ready")

#: What describes the service, for any key.
DESCRIPTIONS = frozenset({"/", "/openapi.json"})

#: Paths that load and unload models, of our own protocol and of the Open Inference Protocol.
MANAGEMENT = re.compile(r"(/models|/v2/repository/models)/.+/(load|unload)")

#: Paths that list models; who may ask them, or load them, may see them.
LISTS = re.compile(r"/models(/[^/]+)?|/v1/models(/[^/:]+)?|/v2/repository/index")

_READERS: frozenset[KeyScope] = frozenset({"infer", "models"})
_METRICS: frozenset[KeyScope] = frozenset({"metrics"})
_MANAGERS: frozenset[KeyScope] = frozenset({"models"})
_ASKERS: frozenset[KeyScope] = frozenset({"infer"})


def allowed_scopes(_method: str, path: str) -> frozenset[KeyScope]:
    """The scopes of which a key needs one for this path; `infer` unless it is known to be another's."""
    if path in DESCRIPTIONS:
        return ALL_SCOPES
    if path == "/metrics":
        return _METRICS
    if MANAGEMENT.fullmatch(path):
        return _MANAGERS
    return _READERS if LISTS.fullmatch(path) else _ASKERS

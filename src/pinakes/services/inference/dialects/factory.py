"""The protocols by the names that `PINAKES_INFERENCE__DIALECTS` gives them."""

from __future__ import annotations

from collections.abc import Iterable

from pinakes.core.settings import DialectName
from pinakes.services.http.problems import ErrorForm
from pinakes.services.inference.dialects import cohere, immich, kserve, roboflow, tei, weaviate
from pinakes.services.inference.dialects.base import Dialect

#: Each protocol by its name.
DIALECTS: dict[DialectName, Dialect] = {
    "cohere": cohere.DIALECT,
    "immich": immich.DIALECT,
    "kserve": kserve.DIALECT,
    "roboflow": roboflow.DIALECT,
    "tei": tei.DIALECT,
    "weaviate": weaviate.DIALECT,
}


def dialects_of(names: Iterable[DialectName]) -> list[Dialect]:
    """The protocols of these names."""
    return [DIALECTS[name] for name in names]


def forms_of(dialects: Iterable[Dialect]) -> dict[str, ErrorForm]:
    """How they write errors, by the beginning of the path."""
    return {
        prefix: dialect.error
        for dialect in dialects
        if dialect.error is not None
        for prefix in dialect.prefixes
    }


def probes_of(dialects: Iterable[Dialect]) -> tuple[str, ...]:
    """Their paths that need no key."""
    return tuple(path for dialect in dialects for path in dialect.probes)

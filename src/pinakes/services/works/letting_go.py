"""Pictures that a person chose in the library: which can go to the trash, and why the others cannot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pinakes.core.errors import Forbidden
from pinakes.duplicates.resolution import choosing
from pinakes.duplicates.resolution.plan import Left, Plan
from pinakes.duplicates.scope import assets_of
from pinakes.duplicates.types import Asset
from pinakes.services.opened import Library

#: Hears the phase, and how much of it is done of how much.
Watch = Callable[[str, int, int], None]

#: Why a picture cannot go.
UNKNOWN = "it is no longer in the library"
OUTSIDE = "its folder is not among those that may be changed"

#: Pictures that are looked up at a time, and files looked at between two words of how far it is.
_PAGE, _STEP = 5000, 100


def unwatched(phase: str, done: int, total: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the library knows of the pictures, by their ids, the plan for what can go, and by path why not."""

    known: dict[int, Asset]
    plan: Plan
    refused: dict[str, str]


def look(library: Library, ids: Sequence[int], watch: Watch = unwatched) -> Looked:
    """Look at the file of each picture; the plan leaves those alone that are not what was scanned."""
    asked = list(dict.fromkeys(ids))
    known: dict[int, Asset] = {}
    for first in range(0, len(asked), _PAGE):
        watch("looking pictures up", first, len(asked))
        known |= assets_of(library.engine, asked[first : first + _PAGE])
    refused = {asset.path: OUTSIDE for asset in _outside(library, known.values())}
    may_go = [known[one] for one in asked if one in known and known[one].path not in refused]
    chosen = choosing.choose(_watched(may_go, watch))
    refused |= chosen.refused
    left = [Left(f"picture {one}", "", UNKNOWN) for one in asked if one not in known]
    left += [Left(path, "", reason) for path, reason in refused.items()]
    return Looked(known, Plan(chosen.plan.items, tuple(left), chosen.plan.bytes_reclaimed), refused)


def _watched(assets: Sequence[Asset], watch: Watch) -> Iterator[Asset]:
    for number, asset in enumerate(assets):
        if number % _STEP == 0:
            watch("looking at files", number, len(assets))
        yield asset


def _outside(library: Library, assets: Iterable[Asset]) -> Iterator[Asset]:
    known: dict[str, bool] = {}
    for asset in assets:
        directory = os.path.dirname(asset.path)  # noqa: PTH120
        if directory not in known:
            known[directory] = _is_confined(library, directory)
        if not known[directory]:
            yield asset


def _is_confined(library: Library, directory: str) -> bool:
    try:
        library.confined((directory,))
    except Forbidden:
        return False
    return True

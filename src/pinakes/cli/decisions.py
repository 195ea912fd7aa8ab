"""Decisions over groups as a person or another program writes them down."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.types import DuplicateGroup

#: Names under which a person may ask for a verb.
_ALIASES = {"not-a-duplicate": Verb.DISTINCT}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided over one group; None and empty leave it to the rules."""

    verb: Verb | None
    keep: tuple[str, ...]


def read_decisions(source: Path) -> dict[str, Decision]:
    """Read `[{"group": …, "action": …, "keep": …}]` from a file, or from standard input where it is `-`.

    Raises:
        InvalidRequest: it cannot be read or is malformed; the message names the entry.
    """
    try:
        text = sys.stdin.read() if str(source) == "-" else source.read_text("utf-8")
        entries = json.loads(text)
    except OSError as error:
        raise InvalidRequest(f"The decisions in {source} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidRequest(f"The decisions in {source} are no JSON: {error}.") from error
    if not isinstance(entries, list):
        raise InvalidRequest(f"The decisions in {source} must be a list of objects.")
    return dict(_entry(n, entry) for n, entry in enumerate(entries, start=1))


def chosen(groups: Sequence[DuplicateGroup], files: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For files that are to be kept, the groups that each is in.

    Raises:
        InvalidRequest: a file is in none of the groups.
    """
    found: dict[str, tuple[str, ...]] = {}
    for file in files:
        path = os.path.realpath(file)
        homes = [g.id for g in groups if any(member.asset.path == path for member in g.members)]
        if not homes:
            raise InvalidRequest(f"{file!r} is in none of the groups; it cannot be kept there.")
        found.update({home: (*found.get(home, ()), path) for home in homes})
    return found


def _entry(number: int, entry: Any) -> tuple[str, Decision]:
    if not isinstance(entry, dict) or not isinstance(entry.get("group"), str):
        raise InvalidRequest(f'Decision {number} names no group; write {{"group": ID, "action": …}}.')
    action, keep = entry.get("action"), entry.get("keep") or ()
    known = [*_ALIASES, *(verb.value for verb in Verb)]
    if action is not None and action not in known:
        raise InvalidRequest(f"Decision {number}: {action!r} is no action; choose among {', '.join(known)}.")
    paths = (keep,) if isinstance(keep, str) else tuple(keep)
    if not all(isinstance(path, str) for path in paths):
        raise InvalidRequest(f'Decision {number}: "keep" must be a path or a list of paths.')
    verb = None if action is None else _ALIASES.get(action) or Verb(action)
    return entry["group"], Decision(verb, paths)

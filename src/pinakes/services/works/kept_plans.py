"""Plans that jobs carry out, kept in the state: whatever happens, a job does what was shown and no more."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from pinakes.core.errors import NotFound
from pinakes.core.types import Tier
from pinakes.duplicates.resolution.plan import Plan, PlannedItem, Verb
from pinakes.duplicates.types import Asset

#: Directory of the plans in the state directory.
DIRECTORY = "plans"

#: How hard the lines are packed: paths repeat, and the least effort takes most of them away.
_EFFORT = 1


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan with who asked for it, and when: Unix time, seconds."""

    plan: Plan
    actor: str
    at: float


def keep(state: Path, name: str, kept: KeptPlan) -> None:
    """Write the plan of a job, as a whole or not at all.

    Raises:
        OSError: as the system says.
    """
    directory = state / DIRECTORY
    directory.mkdir(mode=0o700, exist_ok=True)
    path = _path(state, name)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        with gzip.open(file, "wt", compresslevel=_EFFORT, encoding="ascii") as lines:
            for line in _lines(kept):
                lines.write(json.dumps(line, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read(state: Path, name: str) -> KeptPlan:
    """The plan of a job.

    Raises:
        NotFound: it is not there any more.
    """
    try:
        with gzip.open(_path(state, name), "rt", encoding="ascii") as lines:
            head, *items = map(json.loads, lines)
    except FileNotFoundError as error:
        raise NotFound(
            "The plan of this job is not there any more.", remedy="Preview the groups again."
        ) from error
    plan = Plan(tuple(map(_item, items)), (), head["bytes"])
    return KeptPlan(plan, head["actor"], head["at"])


def forget_others(state: Path, names: Collection[str]) -> None:
    """Remove the plans of all jobs but some."""
    for path in (state / DIRECTORY).glob("*"):
        if path.name.partition(".")[0] not in names:
            path.unlink(missing_ok=True)


def _path(state: Path, name: str) -> Path:
    return state / DIRECTORY / f"{name}.jsonl.gz"


def _lines(kept: KeptPlan) -> Iterator[Any]:
    yield {"actor": kept.actor, "at": kept.at, "bytes": kept.plan.bytes_reclaimed}
    for item in kept.plan.items:
        yield [
            item.item,
            item.verb,
            item.group_id,
            item.tier,
            item.score,
            item.method,
            astuple(item.asset),
            astuple(item.kept),
            item.why,
            [astuple(other) for other in item.others],
        ]


def _item(line: Sequence[Any]) -> PlannedItem:
    number, verb, group, tier, score, method, asset, kept, why, others = line
    return PlannedItem(
        number,
        Verb(verb),
        group,
        Tier(tier),
        score,
        method,
        Asset(*asset),
        Asset(*kept),
        why,
        tuple(Asset(*other) for other in others),
    )

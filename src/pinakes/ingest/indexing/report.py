"""What an indexing run says: how far it is, and at its end what was done, refused and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pinakes.core.types import Reason

#: Refused pictures that a report lists one by one; `counts` has all of them.
MOST_LISTED = 1000


class Step(StrEnum):
    """What is done to a content by a model; the value is that of the table of failures."""

    EMBED = "embed"
    CAPTION = "caption"
    READ = "read"


#: What a report calls the contents that a step did.
COUNTED = {Step.EMBED: "embedded", Step.CAPTION: "captioned", Step.READ: "read"}


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a phase is: `done` of `total` contents or assets, `failed` of them refused.

    Phases are `embed`, `caption`, `read`, then `index` for each of the indexes; `total` may grow while a scan
    brings more.
    """

    phase: str
    done: int
    failed: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A content that a step could not do: one path of it, why, and a sentence."""

    path: str
    sha256: str
    step: Step
    reason: Reason
    detail: str


@dataclass(slots=True)
class IndexReport:
    """What a run did; `refused` lists at most a thousand of what `counts` counts.

    Attributes:
        counts: embedded, captioned and read contents; assets that were put into an index or told anew there,
            but for captions and text, and those that were taken out; refused contents.
        reasons: refused contents by step and reason.
        skipped: steps that were not done at all, and why.
    """

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((*COUNTED.values(), "indexed", "removed", "refused"), 0)
    )
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    seconds: float = 0.0

    def refuse(self, refused: Refused) -> None:
        """Count and list one that was refused."""
        self.counts["refused"] += 1
        by_reason = self.reasons.setdefault(refused.step, {})
        by_reason[refused.reason] = by_reason.get(refused.reason, 0) + 1
        if len(self.refused) < MOST_LISTED:
            self.refused.append(refused)

    def count(self, name: str, number: int) -> None:
        """Add to one of the counts."""
        self.counts[name] += number

    def as_json(self) -> Mapping[str, Any]:
        """The report as plain JSON values; file names that are no text keep their surrogates."""
        return asdict(self)

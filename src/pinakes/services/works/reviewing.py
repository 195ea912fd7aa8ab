"""The work of a review: the search for duplicates that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinakes.core.types import Tier
from pinakes.duplicates import keeper, reviews
from pinakes.duplicates.finder import Finder, Question
from pinakes.duplicates.members import kept_members
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.services.chosen.embedders import similarity_embedder
from pinakes.services.opened import Library

#: Kind of these jobs.
KIND = "review"


def asked_of(question: Question) -> dict[str, Any]:
    """What a job keeps of a question."""
    return {
        "folders": list(question.folders),
        "tiers": [tier.value for tier in question.tiers],
        "presets": {tier.value: name for tier, name in sorted(question.presets.items())},
        "rules": [str(rule) for rule in question.rules],
        "references": list(question.references),
    }


def question_of(about: Mapping[str, Any]) -> Question:
    """The question that a job keeps."""
    return Question(
        folders=tuple(about["folders"]),
        tiers=tuple(map(Tier, about["tiers"])),
        presets={Tier(tier): name for tier, name in about["presets"].items()},
        rules=keeper.parse_rules(",".join(about["rules"])),
        references=tuple(about["references"]),
    )


def review_work(library: Library) -> Work:
    """Make what a job of kind `review` does: search, and store the answer."""
    settings = library.settings
    finder = Finder(
        library.engine,
        library.thumbnails,
        settings.images,
        workers=settings.scan_workers,
        embedder=lambda: similarity_embedder(settings),
    )

    def work(turn: Turn) -> dict[str, Any]:
        review = patiently(turn, lambda: finder.find(question_of(turn.about), turn.advance))
        name = reviews.save(library.engine, review)
        # Filters and orders look at the files of all groups: who opens the review does not wait for that.
        kept_members(library.engine, settings.state, name, reviews.made_at(library.engine, name))
        return {}

    return work

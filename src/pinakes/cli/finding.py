"""Scan and search, as the commands that deal in duplicates begin; and the options they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.options import library
from pinakes.cli.scan import scanned

if TYPE_CHECKING:
    from pathlib import Path

    from pinakes.core.protocols import Embedder
    from pinakes.core.settings import Settings
    from pinakes.duplicates.finder import Question, Review
    from pinakes.ingest.report import ScanReport

TierOption = Annotated[
    str,
    typer.Option(
        "--tier",
        metavar="TIER,…",
        help="Evidence to look for: bytes, pixels, hash, copy, similar. [default: all but similar]",
    ),
]
PresetOption = Annotated[
    str,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="How near counts: strict, careful, balanced or loose; one tier alone: copy=strict. "
        "[default: balanced]",
    ),
]
RulesOption = Annotated[
    str,
    typer.Option(
        "--keep-rules",
        metavar="RULE,…",
        help="What decides which file is kept, first things first: reference, pixels, camera, format, "
        "exif, bytes, date, name [default: these]; also path:PATTERN, not-path:PATTERN, named:PATTERN, "
        "not-named:PATTERN, smallest, newest, no-copy.",
    ),
]
ReferenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="FOLDER", help="Pictures here are kept and never changed; may be repeated."
    ),
]


@dataclass(frozen=True, slots=True)
class FindingOptions:
    """The options as they were given; empty means the default."""

    tier: str = ""
    preset: str = ""
    rules: str = ""
    references: list[str] | None = None
    exclude: list[str] | None = None
    include: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan and a search gave."""

    review: Review
    scan: ScanReport
    state: Path

    def as_json(self) -> dict[str, Any]:
        """The answer in the form that is fixed for `pinakes duplicates --format json`."""
        from dataclasses import asdict

        from pinakes.duplicates.reviews import as_json

        answer = as_json(self.review)
        answer["refused"] = [asdict(refused) for refused in self.scan.refused]
        answer["counts"] |= self.scan.counts
        return answer

    def thumbnail(self, sha256: str) -> bytes | None:
        """The thumbnail of a content, JPEG bytes."""
        from pinakes.blobs.local import LocalBlobStore

        return LocalBlobStore(self.state / "thumbnails").get(sha256)


def asked(folders: tuple[str, ...], options: FindingOptions) -> Question:
    """Turn folders and options into the question; anything malformed is refused before any work.

    Raises:
        InvalidRequest: a tier, preset or rule is none that is known.
        FolderUnreadable: a reference folder is not there.
    """
    from pinakes.duplicates import finder, keeper, presets
    from pinakes.ingest.source import resolve_folders

    return finder.Question(
        folders=folders,
        tiers=finder.parse_tiers(options.tier) if options.tier else finder.DEFAULT_TIERS,
        presets=presets.parse(options.preset),
        rules=keeper.parse_rules(options.rules) if options.rules else keeper.DEFAULT_RULES,
        references=resolve_folders(options.references or []),
    )


def found(read: Settings, folders: list[str], options: FindingOptions) -> Found:
    """Scan the folders and search them, with progress on a terminal; the review is stored."""
    from pinakes.blobs.local import LocalBlobStore
    from pinakes.duplicates import reviews
    from pinakes.duplicates.finder import Finder
    from pinakes.ingest.source import resolve_folders

    question = asked(resolve_folders(folders), options)
    report = scanned(read, folders, exclude=options.exclude, include=options.include)
    engine = library(read)
    finder = Finder(
        engine,
        LocalBlobStore(read.state / "thumbnails"),
        read.images,
        workers=read.scan_workers,
        embedder=lambda: _embedder(read),
    )
    with output.progress("Searching") as update:
        review = finder.find(question, lambda phase, done, total: update(done, total, phase))
    reviews.save(engine, review)
    return Found(review, report, read.state)


def _embedder(read: Settings) -> Embedder:
    from pinakes.services.chosen.embedders import similarity_embedder

    return similarity_embedder(read)

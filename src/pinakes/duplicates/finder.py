"""The search for duplicates: each tier's evidence, then the groups it supports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from pinakes.blobs.base import BlobStore
from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Tier
from pinakes.duplicates import keeper, presets
from pinakes.duplicates.apart import apart, kept_side_by_side
from pinakes.duplicates.assemble import Choose, Families, Gathered, assemble, in_order
from pinakes.duplicates.evidence.copy_tier import copies, copies_among
from pinakes.duplicates.evidence.exact import Hashes, same_bytes, within
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.evidence.pixels import equal_pixels
from pinakes.duplicates.evidence.similar_tier import similar
from pinakes.duplicates.groups import Pair, classes, never_compared, ordered
from pinakes.duplicates.scope import Contents, load_assets, load_contents
from pinakes.duplicates.stacks import find_stacks
from pinakes.duplicates.types import DuplicateGroup, Evidence, Stack
from pinakes.images.perceptual import MINIMUM_QUALITY
from pinakes.images.processes import Workers

#: The tiers that look for the same picture; `similar` looks for another picture of the same thing.
DEFAULT_TIERS = (Tier.BYTES, Tier.PIXELS, Tier.HASH, Tier.COPY)

#: Told what is being done, how much of it is done, and of how much.
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: absolute folders, which tiers at which presets, and how the keeper is chosen.

    `references` are absolute folders whose pictures are preferred as keepers and never changed.
    """

    folders: tuple[str, ...]
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    presets: Mapping[Tier, str] = field(default_factory=presets.default)
    rules: tuple[keeper.Rule, ...] = keeper.DEFAULT_RULES
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The answer: groups in the order they are shown, and the stacks that were kept out of them."""

    question: Question
    groups: tuple[DuplicateGroup, ...]
    stacks: tuple[Stack, ...]
    pictures: int


def parse_tiers(text: str) -> tuple[Tier, ...]:
    """Read "bytes,pixels,…" into tiers, strongest first.

    Raises:
        InvalidRequest: a name is none of the tiers, or there is none.
    """
    known = {tier.value: tier for tier in Tier}
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    wrong = next((name for name in names if name not in known), None)
    if wrong is not None or not names:
        raise InvalidRequest(
            f"{wrong!r} is no tier of evidence." if wrong else "No tier of evidence is named.",
            remedy=f"Choose among {', '.join(known)}, separated by commas.",
        )
    return tuple(tier for tier in Tier if tier.value in names)


class Finder:
    """Searches the library that `engine` opens; `embedder` is opened only for the similar tier."""

    def __init__(
        self,
        engine: Engine,
        thumbnails: BlobStore,
        limits: ImageLimits,
        *,
        workers: int,
        embedder: Callable[[], Embedder],
    ) -> None:
        self._engine, self._thumbnails, self._limits = engine, thumbnails, limits
        self._workers, self._embedder = workers, embedder

    def find(self, question: Question, watch: Watch) -> Review:
        """Find the groups among what the last scans of `question.folders` stored.

        The same library and question give the same answer. What was computed is stored on the way, so that
        an interrupted search goes on from there.
        """
        table = load_contents(self._engine, question.folders)
        stacks = tuple(find_stacks(self._engine, question.folders))
        never = apart(self._engine, stacks)
        with Workers(self._workers, self._limits) as workers:
            pictures = Pictures(self._engine, self._thumbnails, question.folders, self._limits, workers)
            gathered = self._gather(question, table, pictures, workers, watch)
            groups = self._groups(question, gathered, table, never)
            if Tier.SIMILAR in question.tiers:
                groups += self._similar(question, table, groups, pictures, never, watch)
        return Review(question, tuple(in_order(groups)), stacks, int(table.copies.sum()))

    def _gather(
        self, question: Question, table: Contents, pictures: Pictures, workers: Workers, watch: Watch
    ) -> Gathered:
        tiers = set(question.tiers)
        if not tiers & {Tier.PIXELS, Tier.HASH, Tier.COPY}:
            return Gathered()
        radius = int(presets.threshold(question.presets, Tier.HASH)) if Tier.HASH in tiers else 0
        watch("Comparing hashes", 0, len(table))
        hashes = Hashes(table, radius, workers=self._workers)
        same_pixels: list[list[str]] = []
        if Tier.PIXELS in tiers:
            maybe = hashes.maybe_same_pixels()
            same_pixels = equal_pixels(
                self._engine,
                question.folders,
                maybe,
                self._limits,
                workers=workers,
                watch=_named("Comparing pixels", watch),
            )
        pairs: list[Evidence] = list(hashes.evidence()) if Tier.HASH in tiers else []
        if Tier.COPY in tiers:
            least = presets.threshold(question.presets, Tier.COPY)
            found = copies(self._engine, table.sha256s, pictures, least, workers=self._workers, watch=watch)
            pairs += within(found, set(table.sha256s))
        gathered = Gathered(same_pixels, hashes.classes() if Tier.HASH in tiers else (), pairs)
        return self._completed(question, gathered, pictures, watch) if Tier.COPY in tiers else gathered

    def _completed(
        self, question: Question, gathered: Gathered, pictures: Pictures, watch: Watch
    ) -> Gathered:
        """Compare what so far hangs together through a third picture only."""
        first = classes([*gathered.same_pixels, *gathered.same_hash])
        edges = {ordered(first.get(e.a, e.a), first.get(e.b, e.b)) for e in gathered.pairs}
        missing = sorted(never_compared({(a, b) for a, b in edges if a != b}))
        least = presets.threshold(question.presets, Tier.COPY)
        more = copies_among(self._engine, missing, pictures, least, workers=self._workers, watch=watch)
        return replace(gathered, pairs=[*gathered.pairs, *more])

    def _groups(
        self, question: Question, gathered: Gathered, table: Contents, never: frozenset[Pair]
    ) -> list[DuplicateGroup]:
        families = Families(gathered, never)
        involved = {name for evidence in gathered.pairs for name in (evidence.a, evidence.b)}
        involved.update(name for crowd in (*gathered.same_pixels, *gathered.same_hash) for name in crowd)
        if Tier.BYTES in question.tiers:
            involved.update(same_bytes(table))
        found = load_assets(self._engine, question.folders, involved)
        choose, alone = self._choose(question), kept_side_by_side(never)
        for name, own in found.items():
            if Tier.BYTES not in question.tiers or name in alone:
                found[name] = [choose(own).keep]
        return list(assemble(families, found, choose))

    def _similar(
        self,
        question: Question,
        table: Contents,
        groups: Sequence[DuplicateGroup],
        pictures: Pictures,
        never: frozenset[Pair],
        watch: Watch,
    ) -> list[DuplicateGroup]:
        """Similar shots among pictures that stand for themselves: the kept ones and those in no group."""
        removable = {m.asset.sha256 for group in groups for m in group.members} - {
            group.keep.sha256 for group in groups
        }
        # Plain pictures (walls, skies, black frames) are all like one another, and like none.
        shown = zip(table.sha256s, table.quality, strict=True)
        names = [name for name, quality in shown if quality >= MINIMUM_QUALITY and name not in removable]
        least = presets.threshold(question.presets, Tier.SIMILAR)
        embedder = self._embedder()
        try:
            pairs = similar(self._engine, names, pictures, embedder, least, watch=watch)
        finally:
            embedder.close()
        involved = {name for evidence in pairs for name in (evidence.a, evidence.b)}
        choose = self._choose(question)
        own = load_assets(self._engine, question.folders, involved)
        kept = {name: [choose(assets).keep] for name, assets in own.items()}
        return list(assemble(Families(Gathered(pairs=pairs), never), kept, choose))

    @staticmethod
    def _choose(question: Question) -> Choose:
        return lambda assets, tier=None: keeper.choose(assets, question.rules, question.references, tier=tier)


def _named(phase: str, watch: Watch) -> Callable[[int, int], None]:
    return lambda done, total: watch(phase, done, total)


def removable(groups: Iterable[DuplicateGroup]) -> tuple[int, int]:
    """How many files all groups together could do without, and their bytes; each file counts once."""
    kept = {group.keep.path for group in groups}
    sizes = {m.asset.path: m.asset.bytes for g in groups for m in g.members if m.asset.path not in kept}
    return len(sizes), sum(sizes.values())

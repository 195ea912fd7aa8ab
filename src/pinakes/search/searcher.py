"""Answering questions about a library: by what pictures show, by the words known of them, or by both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine

from pinakes.core.errors import PinakesError, ServiceUnavailable, StateBusy
from pinakes.core.filters import MOST_VALUES, Match, Not
from pinakes.core.payload import Folders
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity
from pinakes.search.answer import Answer, By, Hit, Note, Why
from pinakes.search.answering import why
from pinakes.search.answering.backgrounds import Backgrounds
from pinakes.search.answering.likeness import ByLikeness, ByLikenessRanking
from pinakes.search.answering.page import Rankings
from pinakes.search.asking.asked import Asked, checked
from pinakes.search.asking.comparing import Comparing, Comparison, Cut
from pinakes.search.asking.embedding import QuestionEmbedder
from pinakes.search.asking.regions import cut as cut_here
from pinakes.search.asking.wording import ByWords, Looking, by_words
from pinakes.search.question import Question
from pinakes.vectors.base import Collection
from pinakes.words.base import WordIndex

#: How long a question waits for the model before the words answer alone, seconds.
PATIENCE = 10.0


#: Said where words are a condition on likeness that more pictures hold than a condition can name.
TOO_MANY = Note(
    "too-many",
    f"More than {MOST_VALUES:,} pictures hold a word or phrase that is a condition; likeness looked at that "
    "many of them.",
    "Narrow the search down, or go by words alone.",
)


class Indexes(Protocol):
    """What is searched; each part may be opened when it is first asked for, and may raise then."""

    @property
    def words(self) -> WordIndex:
        """The words of the library."""
        ...

    def collection(self) -> Collection | None:
        """The vectors that answer now; None while nothing is embedded."""
        ...

    def embedder(self, identity: ModelIdentity) -> Embedder:
        """The model of the vectors that a question began with, also where others answer meanwhile."""
        ...


class Searcher:
    """Answers questions, for any number of threads at once.

    Args:
        engine: the library's database.
        indexes: its words, vectors and model.
        limits: on pictures that a question brings or names.
        patience: how long a question waits for the model, seconds.
        cut: cuts regions out of pictures, perhaps in a process that may die of them.
    """

    def __init__(
        self,
        engine: Engine,
        indexes: Indexes,
        limits: ImageLimits,
        *,
        patience: float = PATIENCE,
        cut: Cut = cut_here,
    ) -> None:
        self._engine, self._indexes = engine, indexes
        self._embedder = QuestionEmbedder(indexes.embedder, patience=patience)
        self._comparing = Comparing(engine, self._embedder, limits, cut=cut)
        self._ranking = ByLikenessRanking(self._embedder, Backgrounds(engine))

    def search(
        self,
        question: Question,
        *,
        limit: int,
        offset: int = 0,
        folders: Folders = None,
        by: By = By.ALL,
    ) -> Answer:
        """A page of the answer. Folders are the permission: what lies elsewhere does not exist for it.

        What lies above the line comes first; of equal hits the lower asset does. With no terms, what the
        conditions hold for is listed, newest first.

        Raises:
            InvalidRequest, TooLarge: the question is malformed or over a bound.
            NotFound: a picture is named that is not in these folders.
            ImageRefused: a picture of the question does not decode.
            ServiceUnavailable: nothing of the question goes without a model or a store that is away.
        """
        asked = checked(self._engine, question, limit=limit, offset=offset, folders=folders)
        if asked.folders is not None and not asked.folders:
            return Answer((), 0, None, (_no_folder(question),) if question.below else ())
        return self._answered(asked, by) if asked.names_something else self._listed(asked)

    def _answered(self, asked: Asked, by: By) -> Answer:
        collection, comparison = (None, Comparison()) if by is By.WORDS else self._compared(asked)
        asked = asked.under(*comparison.except_for)
        words = None if by is By.MEANING else self._by_words(asked, comparison)
        asked, notes = (asked, ()) if by is By.MEANING else self._holding_and_not(asked, comparison)
        try:
            likeness = self._by_likeness(asked, comparison, collection)
        except ServiceUnavailable as error:
            if words is None:
                raise
            likeness, notes = None, (*notes, _vectors_away(error))
        return Rankings(asked, comparison, words, likeness).answer(notes)

    def _compared(self, asked: Asked) -> tuple[Collection | None, Comparison]:
        """The vectors that answer, and what to compare with them; words go without, pictures do not."""
        try:
            collection = self._indexes.collection()
        except (ServiceUnavailable, StateBusy) as error:
            if any(term.picture for term in asked.question.terms):
                raise
            return None, Comparison(notes=(_vectors_away(error),))
        comparison = self._comparing.comparison(asked.question, collection, folders=asked.allowed)
        return collection, comparison

    def _listed(self, asked: Asked) -> Answer:
        """What the conditions hold for, newest first."""
        words = self._indexes.words
        total = words.count(folders=asked.folders, where=asked.where)
        hits = words.query((), limit=asked.end, folders=asked.folders, where=asked.where)
        page = (
            Hit(hit.asset, 0.0, None, hit.payload, Why(None, None, why.conditions(asked.where, hit.payload)))
            for hit in hits[asked.offset :]
        )
        return Answer(tuple(page), total, None, ())

    def _by_words(self, asked: Asked, comparison: Comparison) -> ByWords | None:
        words = asked.words
        # Only things to be unlike: without a model, what does not hold them is all that can be said.
        if not words.entries and (comparison.direction is not None or not words.unwanted):
            return None
        looking = Looking(self._indexes.words, asked.folders, asked.where)
        return by_words(looking, words, depth=asked.depth)

    def _by_likeness(
        self, asked: Asked, comparison: Comparison, collection: Collection | None
    ) -> ByLikeness | None:
        if comparison.direction is None or collection is None:
            return None
        return self._ranking.ranked(asked, comparison, comparison.direction, collection)

    def _holding_and_not(self, asked: Asked, comparison: Comparison) -> tuple[Asked, tuple[Note, ...]]:
        """The conditions on words in the vectors' own terms, which are assets; a note where they are cut."""
        if comparison.direction is None:
            return asked, ()
        words, cut = asked.words, False
        if words.literal:
            held = self._holding(words.literal, asked)
            asked, cut = asked.under(Match("asset", held or (-1,))), len(held) == MOST_VALUES
        for entry in words.unwanted:
            if held := self._holding((entry,), asked):
                asked, cut = asked.under(Not(Match("asset", held))), cut or len(held) == MOST_VALUES
        return asked, (TOO_MANY,) if cut else ()

    def _holding(self, entries: Sequence[str], asked: Asked) -> tuple[int, ...]:
        """Assets that hold all of these; the best `MOST_VALUES` where they are more."""
        words = self._indexes.words
        return tuple(
            words.holding((), limit=MOST_VALUES, folders=asked.folders, where=asked.where, whole=entries)
        )


def _vectors_away(error: PinakesError) -> Note:
    return Note("vectors-away", f"Only words were looked up, for the vectors are away: {error}", error.remedy)


def _no_folder(question: Question) -> Note:
    named = ", ".join(question.below)
    return Note("folder-unknown", f"No pictures that may be seen lie below {named!a:.200}.")

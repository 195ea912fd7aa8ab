"""Joining what words and likeness gave into one page that says why each hit is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pinakes.core.payload import Payload
from pinakes.search.answer import Answer, Found, Hit, Line, Note, Why
from pinakes.search.answering import why
from pinakes.search.answering.joining import in_order, joined
from pinakes.search.answering.likeness import ByLikeness
from pinakes.search.asking.asked import Asked
from pinakes.search.asking.comparing import Comparison
from pinakes.search.asking.wording import ByWords
from pinakes.words.base import WordHit

#: Said where no picture holds all of the words.
SOME_WORDS = Note("some-words", "No picture holds all of these words; those that hold some are listed.")


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """Both rankings of one question."""

    asked: Asked
    comparison: Comparison
    words: ByWords | None
    likeness: ByLikeness | None

    def answer(self, notes: tuple[Note, ...] = ()) -> Answer:
        """The page: what is relevant first, within that by joined ranks."""
        rankings = [
            self.words.assets if self.words else (),
            tuple(self.likeness.payloads if self.likeness else ()),
        ]
        scores = joined(rankings)
        relevant = self._relevant(scores)
        order = sorted(in_order(scores), key=lambda asset: relevant[asset] is False)
        page = order[self.asked.offset : self.asked.end]
        some = (SOME_WORDS,) if self.words and not self.words.whole else ()
        return Answer(
            self._hits(page, scores, relevant),
            None if self._is_cut else len(order),
            self._line(relevant),
            (*notes, *self.comparison.notes, *some),
            self.comparison.labels if self.likeness else (),
            self.likeness.collection.identity.key if self.likeness else "",
        )

    @property
    def _is_cut(self) -> bool:
        return bool((self.words and self.words.more) or (self.likeness and self.likeness.more))

    def _relevant(self, scores: dict[int, float]) -> dict[int, bool | None]:
        """Whether each asset lies above the line: it holds all the words, or stands out by likeness."""
        whole = bool(self.words and self.words.whole)
        if self.likeness is None:
            return dict.fromkeys(scores, whole or None)
        above = self.likeness.line.relevant
        outstanding = set(list(self.likeness.payloads)[: above or 0])
        outstanding.update(self.words.assets if self.words and whole else ())
        below = None if above is None else False
        return {asset: True if asset in outstanding else below for asset in scores}

    def _line(self, relevant: dict[int, bool | None]) -> Line | None:
        if self.likeness is None or self.likeness.line.relevant is None:
            return self.likeness.line if self.likeness else None
        count = sum(value is True for value in relevant.values())
        all_of_many = count == len(relevant) and self._is_cut
        return replace(self.likeness.line, relevant=None if all_of_many else count)

    def _hits(
        self, page: list[int], scores: dict[int, float], relevant: dict[int, bool | None]
    ) -> tuple[Hit, ...]:
        worded = self.words.explained(page) if self.words else {}
        payloads = {asset: payload for asset in page if (payload := self._payload(asset, worded))}
        near = self.likeness.explained(payloads) if self.likeness else {}
        where = self.asked.question.where
        return tuple(
            Hit(
                asset,
                scores[asset],
                relevant[asset],
                payload,
                Why(near.get(asset), self._found(worded.get(asset)), why.conditions(where, payload)),
            )
            for asset, payload in payloads.items()
        )

    def _payload(self, asset: int, worded: dict[int, WordHit]) -> Payload | None:
        """What is known of an asset; None where it went out of the index within this search."""
        known = self.likeness.payloads.get(asset) if self.likeness else None
        return known or (worded[asset].payload if asset in worded else None)

    def _found(self, hit: WordHit | None) -> Found | None:
        if hit is None or not hit.found_in or self.words is None:
            return None
        return Found(hit.found_in, hit.excerpt, hit.marks, self.words.whole)

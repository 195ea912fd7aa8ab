"""One place where requests become answers: questions are made, searched, remembered and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

from pinakes.core.errors import NotFound
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.images.processes import Workers
from pinakes.schemas.search import SearchRequest
from pinakes.search.answer import By
from pinakes.search.asking.regions import cut
from pinakes.search.language import parsed
from pinakes.search.language.outline import Outlined, outline
from pinakes.search.library.history import remember
from pinakes.search.library.known_values import KnownValues
from pinakes.search.library.pictures import LibraryPicture, by_asset, by_content
from pinakes.search.question import Picture, Question, Region, Term
from pinakes.search.searcher import Searcher
from pinakes.services.opened import Library
from pinakes.services.searching.answers import answer_json
from pinakes.services.searching.kept import KeptPictures, gone
from pinakes.services.searching.questions import question_of


class Asking:
    """Answers searches of an open library, for any number of threads.

    Args:
        library: whose index is opened at the first search.
        workers: decode pictures whose regions are cut out; None to do it in this process.
        patience: how long a search waits for the model, seconds.

    Attributes:
        kept: pictures that searches brought, which a line names by their content.
    """

    def __init__(self, library: Library, workers: Workers | None, *, patience: float | None = None) -> None:
        self._library, self._workers = library, workers
        self.kept = KeptPictures(library.settings.state / "search-pictures")
        options = {} if patience is None else {"patience": patience}
        self._searcher = Searcher(
            library.engine, library.index, library.settings.images, cut=self._cut, **options
        )

    @cached_property
    def known(self) -> KnownValues:
        """The values that the library holds."""
        return KnownValues(self._library.engine, self._library.index.words, None)

    def answered(self, asked: SearchRequest, files: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        """Answer a search as `schemas.search.SearchAnswer`; see `Searcher.search` for what it raises."""
        question = question_of(asked, files or {}, self.known, self._library.settings.images)
        return self._page(question, asked.limit, asked.offset, By(asked.by))

    def similar(self, asset: int, line: str, *, limit: int, offset: int) -> dict[str, Any]:
        """Answer the pictures like an asset, under the conditions of a line."""
        rest = parsed(line, values=self.known)
        question = Question((Term(picture=Picture(asset=asset)), *rest.terms), rest.where, rest.below)
        return self._page(question, limit, offset, By.ALL)

    def outline(self, line: str) -> list[dict[str, Any]]:
        """The parts of a line as `schemas.search.OutlinedPart`; see `language.outline` for what it raises."""
        return [self._told(part) for part in outline(line, self.known)]

    def _told(self, part: Outlined) -> dict[str, Any]:
        told = {name: getattr(part, name) for name in ("text", "start", "end", "weight", "without")}
        picture = part.picture
        if picture is None:
            return {**told, "kind": part.kind.value, "picture": None}
        found = self._in_library(picture)
        region = picture.region
        named = {
            "asset": picture.asset if found is None else found.asset,
            "sha256": picture.sha256 if found is None else found.sha256,
            "region": None if region is None else asdict(region),
        }
        return {**told, "kind": part.kind.value, "picture": named}

    def _in_library(self, picture: Picture) -> LibraryPicture | None:
        try:
            if picture.asset is not None:
                return by_asset(self._library.engine, picture.asset, None)
            return by_content(self._library.engine, picture.sha256 or "", None)
        except NotFound:
            return None

    def _with_kept(self, question: Question) -> Question:
        """The question with the bytes of pictures that it names by their content and the library has not."""
        return replace(question, terms=tuple(map(self._term, question.terms)))

    def _term(self, term: Term) -> Term:
        picture = term.picture
        if picture is None or picture.sha256 is None or self._in_library(picture) is not None:
            return term
        encoded = self.kept.get(picture.sha256.lower())
        if encoded is None:
            raise gone(picture.sha256)
        return replace(term, picture=Picture(encoded, region=picture.region))

    def _page(self, question: Question, limit: int, offset: int, by: By) -> dict[str, Any]:
        question = self._with_kept(question)
        answer = self._searcher.search(question, limit=limit, offset=offset, by=by)
        if offset == 0:
            remember(
                self._library.engine, question, keep=self._library.settings.application.remembered_searches
            )
        return answer_json(self._library.engine, answer, limit=limit, offset=offset)

    def _cut(self, encoded: bytes, region: Region, limits: ImageLimits, suffix: str) -> bytes | Refusal:
        if self._workers is None:
            return cut(encoded, region, limits, suffix)
        return self._workers.run(cut, encoded, region, limits, suffix)

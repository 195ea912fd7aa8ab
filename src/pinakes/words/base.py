"""The seam to wherever words are searched: documents about assets, and what an index of them answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pinakes.core.filters import Filter
from pinakes.core.payload import Folders, Payload


class WordField(StrEnum):
    """Where words come from; hits say in which of these they were found. Earlier ones weigh more."""

    TAGS = "tags"
    TITLE = "title"
    NAME = "name"
    CAPTION = "caption"
    PLACE = "place"
    TEXT = "text"
    DETAILS = "details"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Document:
    """Every word about one asset, by where it comes from, and the payload that filters look at.

    Of each field the first 2,000 words are searched.
    """

    asset: int
    words: Mapping[WordField, str]
    payload: Payload


@dataclass(frozen=True, slots=True)
class WordHit:
    """One result; `score` is higher for better and means something within one answer only.

    `found_in` are the fields that matched; `excerpt` is a piece of the best of them, plain text, and
    `marks` the (start, end) of the words in it that matched.
    """

    asset: int
    score: float
    payload: Payload
    found_in: tuple[WordField, ...]
    excerpt: str
    marks: tuple[tuple[int, int], ...]


class WordIndex(Protocol):
    """Documents about assets, for any number of threads at once.

    A write that has returned is seen by every later read and outlives the process. Folders are the
    permission: documents of others do not exist for the question. Raises `InvalidRequest` for what it
    cannot understand, `ServiceUnavailable` where a server is away, `StateUnusable` where damaged.
    """

    def upsert(self, documents: Sequence[Document]) -> None:
        """Store documents, replacing those of the same asset whole; repeating a call changes nothing."""
        ...

    def delete(self, assets: Sequence[int]) -> None:
        """Forget assets; forgetting what is not there is no error."""
        ...

    def query(
        self,
        words: Sequence[str],
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        whole: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[WordHit]:
        """The best documents that hold every one of `words` and `whole` and none of `without`, best first.

        Case and accents make no difference. An entry of several words is a phrase within one field. The
        last word of an entry of `words` also matches as a beginning; the others match whole words only.
        With nothing wanted, every document that the filter holds for, newest picture first. An entry
        without a letter, digit or symbol is passed over; where all that is wanted is such, nothing is found.
        Of equal hits the newer picture comes first, then the higher asset.
        """
        ...

    def holding(
        self,
        words: Sequence[str],
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        whole: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[int]:
        """The assets of what `query` would answer, in the same order; quicker, since nothing is explained."""
        ...

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many documents there are, exactly."""
        ...

    def values(self, field: str, *, limit: int, folders: Folders) -> list[str]:
        """The words that documents hold in a field of the payload, those of most documents first."""
        ...

    def close(self) -> None:
        """Release files and connections; the index may not be used after."""
        ...

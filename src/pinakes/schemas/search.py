"""What a search over HTTP takes and answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: Hits of a page when a caller does not say, and the most it may ask for.
DEFAULT_LIMIT, MOST_LIMIT = 50, 1000

#: Longest line of the query language, characters: in a body, and in an address, where each may take twelve.
LONGEST_QUERY, LONGEST_IN_ADDRESS = 10_000, 2000

#: Most terms beside the line.
MOST_TERMS = 32


class AskedRegion(BaseModel, frozen=True):
    """A rectangle of the upright picture, as shares of its width and height."""

    left: float = Field(ge=0, le=1)
    top: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class AskedTerm(BaseModel):
    """Something to look like, or with a weight below 0 to be unlike: exactly one of the first five."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: str | None = Field(None, max_length=2000, description="Words.")
    asset: int | None = Field(None, ge=0, le=2**53, description="A picture of the library, by its asset.")
    sha256: str | None = Field(None, description="A picture of the library, by its content.")
    file: str | None = Field(None, description="Name of the part of this multipart request that holds it.")
    image: str | None = Field(None, description="The picture itself: base64, plain or as a data: URI.")
    weight: float = Field(1.0, description="How much it counts; below 0 for what to be unlike.")
    literal: bool = Field(False, description="The words must stand as they are; no model is asked.")
    region: AskedRegion | None = Field(None, description="Only this part of the picture.")

    @model_validator(mode="after")
    def _one_thing(self) -> AskedTerm:
        named = [
            name for name in ("words", "asset", "sha256", "file", "image") if getattr(self, name) is not None
        ]
        if len(named) != 1:
            raise ValueError("a term has exactly one of words, asset, sha256, file and image")
        if named == ["words"] and self.region is not None:
            raise ValueError("a region belongs to a picture")
        return self


class SearchRequest(BaseModel):
    """A search: a line of the query language, further terms, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str = Field("", max_length=LONGEST_QUERY, description="A line of the query language.")
    terms: list[AskedTerm] = Field(default=[], max_length=MOST_TERMS, description="Terms beside the line.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST_LIMIT, description="Hits of a page.")
    offset: int = Field(0, ge=0, description="Hits before the page.")
    by: Literal["all", "meaning", "words"] = Field(
        "all", description="Go by what pictures show, by the words known of them, or by both."
    )


class TermShare(BaseModel, frozen=True):
    """What one term adds to a hit's likeness."""

    term: str
    share: float = Field(description="Weight times cosine.")


class WhyLike(BaseModel, frozen=True):
    """How near the picture is to what was asked, by the model."""

    score: float = Field(description="Sum of weight times cosine over the terms.")
    standing: float | None = Field(
        description="Share of the library, 0 to 1, that is less near; null where there is too little of it."
    )
    terms: list[TermShare]


class WhyWords(BaseModel, frozen=True):
    """Where the words were found."""

    fields: list[str] = Field(description="tags, title, name, caption, place, text, details or path.")
    excerpt: str = Field(description="A piece of the best of these fields, plain text.")
    marks: list[tuple[int, int]] = Field(description="Begin and end of what matched in the excerpt.")
    whole: bool = Field(description="Whether all words were found, or only some.")


class WhyCondition(BaseModel, frozen=True):
    """A condition of the search that holds, and the value it holds for."""

    field: str
    value: str | int | float | list[str]


class Why(BaseModel, frozen=True):
    """Why a picture is a hit."""

    likeness: WhyLike | None
    words: WhyWords | None
    conditions: list[WhyCondition]


class SearchHit(BaseModel, frozen=True):
    """One result."""

    asset: int
    path: str
    sha256: str = Field(description="Its thumbnail is at /api/v1/contents/{sha256}/thumbnail.")
    width: int
    height: int
    format: str
    taken_at: float | None = Field(description="Unix time as if the camera's clock were UTC.")
    placeholder: str | None = Field(description="A few colours of it, as in the months of a timeline.")
    score: float = Field(description="Orders this answer; means nothing beside another's.")
    relevant: bool | None = Field(description="False below the line, null where none could be drawn.")
    why: Why


class RelevanceLine(BaseModel, frozen=True):
    """Where relevance ends."""

    relevant: int | None = Field(
        description="Hits of the whole answer above the line; null where it cannot be told."
    )
    score: float | None = Field(description="Least likeness above the line.")
    why: str = Field(description="How that was judged, a sentence.")


class SearchNote(BaseModel, frozen=True):
    """What the person should know about the answer."""

    code: str = Field(description="Stable: words-only, model-away, nothing-embedded, some-words, …")
    text: str
    remedy: str


class SearchAnswer(BaseModel, frozen=True):
    """A page of hits, best first."""

    hits: list[SearchHit]
    total: int | None = Field(description="Hits on all pages; null where more were found than are counted.")
    limit: int
    offset: int
    line: RelevanceLine | None
    notes: list[SearchNote]
    model: str = Field(description="Key of the model that compared; empty where none did.")


class Suggestion(BaseModel, frozen=True):
    """A way to go on typing: what to put in place of the characters from `start` to `end`."""

    text: str
    start: int
    end: int
    about: str


class Suggestions(BaseModel, frozen=True):
    """Ways to go on typing, best first."""

    suggestions: list[Suggestion]


class PastSearches(BaseModel, frozen=True):
    """Searches that were made here, newest first."""

    searches: list[str]


class OutlinedPicture(BaseModel, frozen=True):
    """A picture that a part of a line names: one of the library, or one that is kept for a search."""

    asset: int | None
    sha256: str | None = Field(description="Where the asset is in the library, also that of its file.")
    region: AskedRegion | None


class OutlinedPart(BaseModel, frozen=True):
    """One part of a line: free words one by one, phrases, pictures, folders and conditions."""

    kind: Literal["words", "phrase", "picture", "folder", "condition"]
    text: str = Field(description="As it was typed.")
    start: int = Field(description="Its first character; characters are Unicode code points.")
    end: int = Field(description="The character after its last.")
    weight: float | None = Field(description="Of words and pictures; below 0 for what to be unlike.")
    picture: OutlinedPicture | None
    without: str = Field(description="The line without this part.")


class SearchOutline(BaseModel, frozen=True):
    """The parts of a line, in its order."""

    parts: list[OutlinedPart]


class KeptPicture(BaseModel, frozen=True):
    """A picture that a search may name by `like:` and its SHA-256, without bringing it again."""

    sha256: str
    asset: int | None = Field(description="An asset of the library that has the same bytes, if one has.")
    until: float = Field(description="When it goes if it is not used again, Unix time, seconds.")

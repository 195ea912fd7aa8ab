"""What the application takes and answers about keeper rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from pinakes.schemas.resolve import MOST_RULES

#: A rule as a person writes it.
WrittenRule = Annotated[str, Field(max_length=4200)]


class KnownRule(BaseModel, frozen=True):
    """A rule that there is."""

    name: str
    prefers: str
    pattern: Literal["none", "optional", "needed"]


class RuleSetBody(BaseModel, frozen=True):
    """Rules, most important first, and folders in which nothing is changed."""

    rules: list[WrittenRule] = Field(min_length=1, max_length=MOST_RULES)
    references: list[str] = Field(default=[], max_length=MOST_RULES)


class SavedRuleSet(RuleSetBody, frozen=True):
    """Rules with the name they are kept under."""

    name: str


class RuleList(BaseModel, frozen=True):
    """The rules there are, the order used where nobody chose one, and the sets kept here."""

    known: list[KnownRule]
    default: list[str]
    formats: list[str] = Field(description="Formats of the pictures in the library.")
    sets: list[SavedRuleSet]


class RulePreviewRequest(RuleSetBody, frozen=True):
    """Rules to try on a review."""

    tier: Literal["bytes", "pixels", "hash", "copy", "similar"] | None = None


class ComparedFile(BaseModel, frozen=True):
    """A file that is kept, or would be."""

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str


class ChangedGroup(BaseModel, frozen=True):
    """A group in which another file would be kept, and why."""

    group: str
    tier: str
    files: int
    before: ComparedFile
    after: ComparedFile
    why: str


class RulePreview(BaseModel, frozen=True):
    """What the rules come to; where `looked_at` is less than `groups`, numbers are those of a sample."""

    groups: int
    looked_at: int
    changed: int = Field(description="Groups in which another file is kept than the review found.")
    files: int = Field(description="Files that would go.")
    bytes: int
    files_before: int = Field(description="Files that go with the review's own keepers.")
    bytes_before: int
    examples: list[ChangedGroup]

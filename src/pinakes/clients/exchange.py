"""What is asked and what comes back, without anything that asks: the words of every protocol's driver."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem

#: Largest answer that holds words rather than numbers, bytes.
MAX_WORDS = 2**20

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What to ask, and how large the answer may be in bytes."""

    method: str
    path: str
    largest_answer: int = MAX_WORDS
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; the names of its headers are found whatever their case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Media type of the body, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def problem(self) -> Problem | None:
        """The problem this answer is, or None."""
        if self.media_type != PROBLEM_MEDIA_TYPE:
            return None
        try:
            return Problem.model_validate_json(self.body)
        except ValidationError:
            return None

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def words(self, key: str) -> dict[str, Any]:
        """The body as a JSON object that has `key`, or an empty one."""
        told = self.json()
        return told if isinstance(told, dict) and key in told else {}


#: A conversation in one protocol: it yields what to ask, is sent each reply, and returns what it was told.
#: Nothing in it waits or opens connections, so that one driver serves every transport and every test.
Dialogue = Generator[Exchange, Reply, Told]

"""What a browser sends and is told of its session."""

from __future__ import annotations

from pydantic import BaseModel, Field


class SessionRequest(BaseModel, frozen=True):
    """A key, as who runs the service gave it out."""

    key: str = Field(min_length=1, max_length=512)


class SessionState(BaseModel, frozen=True):
    """Whether this service asks for a key, and whether the request brought one that it knows."""

    needs_key: bool
    signed_in: bool

"""The one form in which every service reports an error: problem details of RFC 9457."""

from __future__ import annotations

from pydantic import BaseModel, Field

from pinakes.schemas.embeddings import RefusedImage

#: Media type of a problem.
PROBLEM_MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel, frozen=True):
    """An error as it crosses the wire; `code` is the stable name of its class."""

    type: str = Field("about:blank", description="URI of the kind of problem.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.")
    code: str = Field(description="Stable name of the kind of problem, such as `overloaded`.")
    detail: str = Field(description="What happened, a sentence.")
    remedy: str = Field("", description="What to do about it, a sentence, or nothing.")
    request_id: str = Field("", description="Names the request in the service's log.")
    retry_after: float | None = Field(None, description="Seconds to wait before trying again.")
    start: int | None = Field(None, description="First character of a search that does not parse, from 0.")
    end: int | None = Field(None, description="The character after the last of them.")
    pointer: str | None = Field(None, description="The search, and carets below that place, on two lines.")
    refused: list[RefusedImage] | None = Field(None, description="Each picture, where all were refused.")

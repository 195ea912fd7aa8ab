"""What a request asks about, whatever form its body had: inputs of one kind, and the fields beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.schemas.embeddings import PicturesRequest
from pinakes.serving.request import Input

#: The fields of a route: `EmbedRequest`, `LabelsRequest`, …
Fields = TypeVar("Fields", bound=PicturesRequest)


@dataclass(frozen=True, slots=True)
class Question(Generic[Fields]):
    """One or more inputs of one kind, what the caller calls each, and the route's fields.

    The pictures and texts of `fields` are empty: they are `inputs`.
    """

    inputs: Sequence[Input]
    names: Sequence[str | None]
    fields: Fields

    @property
    def embedding(self) -> Task:
        """What embeds its inputs."""
        return Task.TEXT_EMBEDDING if isinstance(self.inputs[0], str) else Task.IMAGE_EMBEDDING


@dataclass(frozen=True, slots=True)
class Form(Generic[Fields]):
    """What a route takes: its fields, the values that the query already gives, and the service's limits."""

    schema: type[Fields]
    query: Mapping[str, Any]
    limits: InferenceSettings

    def fields(self, told: Mapping[str, Any]) -> Fields:
        """Return the fields that a body and the query tell; the query's win.

        Raises:
            InvalidRequest: a value is missing or not allowed.
        """
        try:
            return self.schema.model_validate({**told, **self.query})
        except ValidationError as error:
            raise malformed(error) from error

    def question(
        self, pictures: Sequence[Input], texts: Sequence[str], names: Sequence[str | None], fields: Fields
    ) -> Question[Fields]:
        """Make the question, of pictures or of texts.

        Raises:
            InvalidRequest: there is nothing in it, or both kinds, or texts where none are taken.
            TooLarge: there are too many inputs, or a text is too long.
        """
        if pictures and texts:
            raise InvalidRequest(
                "The request holds pictures and texts.", remedy="Send them as one request each."
            )
        if texts and "texts" not in self.schema.model_fields:
            raise InvalidRequest("Texts are not taken here.", remedy="Send pictures.")
        if not pictures and not texts:
            raise InvalidRequest(
                "The request holds no picture and no text.",
                remedy="Send at least one, as `images` or `texts`.",
            )
        refuse_over(self.limits.max_items, len(pictures) + len(texts))
        longest = max(map(len, texts), default=0)
        if longest > self.limits.max_characters:
            raise TooLarge(
                f"A text has {longest:,} characters; at most {self.limits.max_characters:,} are taken."
            )
        return Question(pictures or texts, names or [None] * len(texts), fields)


#: Takes a whole body apart.
Unpack = Callable[[bytes, Form[Fields]], Question[Fields]]


def malformed(error: ValidationError) -> InvalidRequest:
    """The first thing that is wrong with a request's fields, by its place."""
    first = error.errors(include_input=False, include_context=False)[0]
    where = ".".join(str(step) for step in first["loc"][:2]) or "the body"
    return InvalidRequest(f"In the request, {where}: {first['msg']}.")


def refuse_over(most: int, count: int) -> None:
    """Raise `TooLarge` when a request has more inputs than one may have."""
    if count > most:
        raise TooLarge(f"The request holds over {most} inputs.", remedy="Send it in several.")

"""From what a request says to the question that is searched."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.schemas.search import AskedTerm, SearchRequest
from pinakes.search.language import parsed
from pinakes.search.library.known_values import KnownValues
from pinakes.search.question import Picture, Question, Region, Term


def question_of(
    asked: SearchRequest, files: Mapping[str, bytes], known: KnownValues, limits: ImageLimits
) -> Question:
    """The question of a request: its line, its terms, and each file that no term names as one more.

    Raises:
        NotUnderstood: the line does not parse; it says where.
        InvalidRequest: a term names a file that is not there, or a picture that is no base64.
    """
    line = parsed(asked.q, values=known)
    terms = [_term(term, place, files, limits) for place, term in enumerate(asked.terms)]
    named = {term.file for term in asked.terms}
    rest = [Term(picture=Picture(encoded=file)) for name, file in files.items() if name not in named]
    return Question((*line.terms, *terms, *rest), line.where, line.below)


def _term(asked: AskedTerm, place: int, files: Mapping[str, bytes], limits: ImageLimits) -> Term:
    if asked.words is not None:
        return Term(asked.weight, asked.words, literal=asked.literal)
    region = Region(**asked.region.model_dump()) if asked.region else None
    encoded = None
    if asked.file is not None:
        if asked.file not in files:
            raise InvalidRequest(f"The request has no part named {asked.file!a:.100}.")
        encoded = files[asked.file]
    elif asked.image is not None:
        encoded = _decoded(asked.image, f"terms[{place}].image", limits)
    return Term(asked.weight, picture=Picture(encoded, asked.asset, asked.sha256, region))


def _decoded(written: str, field: str, limits: ImageLimits) -> bytes:
    head, comma, content = written.partition(",") if written.startswith("data:") else ("", "", written)
    if written.startswith("data:") and not (comma and head.endswith(";base64")):
        raise InvalidRequest(f"{field} is a data: URI that is not base64.")
    if len(content) > limits.max_bytes * 3 // 2:
        raise InvalidRequest(f"{field} is larger than a picture may be.")
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(
            f"{field} is not base64.", remedy="Send the picture itself; nothing is fetched from an address."
        ) from error

"""Errors that are one sentence under one name, as most protocols have them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from pinakes.core.errors import PinakesError
from pinakes.services.http.problems import ErrorForm
from pinakes.services.inference.vector_forms import to_json


def sentence_under(name: str) -> ErrorForm:
    """Return what writes errors as `{"<name>": "<sentence>"}`."""

    def write(error: PinakesError, status: int, headers: Mapping[str, str], _request_id: str) -> Response:
        content = to_json({name: error.sentence})
        return Response(content, status_code=status, headers=dict(headers), media_type="application/json")

    return write

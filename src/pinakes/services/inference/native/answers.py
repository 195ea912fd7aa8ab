"""Outcomes to answers: JSON, raw float32, .npy, or a problem when no input was good."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from starlette.responses import Response

from pinakes.core.errors import ImageRefused
from pinakes.core.types import Caption, ModelIdentity, Reason, Refusal
from pinakes.schemas.embeddings import RefusedImage
from pinakes.services.http.problems import problem_response
from pinakes.serving.request import Outcome

#: Media types of the answers, the first of them the default.
JSON, RAW, NPY = "application/json", "application/octet-stream", "application/x-npy"

#: HTTP status where every input was refused for a reason other than being a bad picture.
STATUS_OF_REASON = {
    Reason.UNSUPPORTED_FORMAT: 415,
    Reason.NEEDS_EXTRA: 415,
    Reason.TOO_MANY_BYTES: 413,
    Reason.TOO_MANY_PIXELS: 413,
    Reason.MODEL_FAILED: 500,
    Reason.OUT_OF_MEMORY: 507,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request: one outcome per input, in order.

    Attributes:
        identity: of the model that answered.
        names: what the caller calls each input.
        outcomes: a result or a refusal of each.
        seconds: from the request's last byte to now.
        request_id: names the request, should all be refused.
    """

    identity: ModelIdentity
    names: Sequence[str | None]
    outcomes: Sequence[Outcome]
    seconds: float
    request_id: str

    @property
    def refused(self) -> list[RefusedImage]:
        """Each input that was refused, with the reason."""
        return [
            RefusedImage(index=index, name=name, reason=outcome.reason, detail=outcome.detail)
            for index, (name, outcome) in enumerate(zip(self.names, self.outcomes, strict=True))
            if isinstance(outcome, Refusal)
        ]


def wanted_form(accept: str) -> str:
    """Return the media type to answer with for an Accept header; JSON unless another is named first."""
    for entry in accept.lower().split(","):
        media = entry.partition(";")[0].strip()
        if media in (JSON, RAW, NPY):
            return media
    return JSON


def embeddings_answer(answered: Answered, form: str) -> Response:
    """Answer with embeddings in the form wanted; a problem with each reason if all were refused."""
    refused = answered.refused
    if len(refused) == len(answered.outcomes):
        return _all_refused(refused, answered.request_id)
    if form != JSON:
        return _binary(answered, refused, form)
    identity = answered.identity
    body = {
        "preprocess": identity.preprocess,
        "dimensions": identity.dimensions,
        "normalised": True,
        "embeddings": [
            np.ascontiguousarray(outcome, np.float32) if isinstance(outcome, np.ndarray) else None
            for outcome in answered.outcomes
        ],
    }
    return _json(answered, refused, body)


def captions_answer(answered: Answered) -> Response:
    """Answer with captions; a problem with each reason if all were refused."""
    refused = answered.refused
    if len(refused) == len(answered.outcomes):
        return _all_refused(refused, answered.request_id)
    captions = [outcome.text if isinstance(outcome, Caption) else None for outcome in answered.outcomes]
    return _json(answered, refused, {"captions": captions})


def labels_answer(
    answered: Answered, labels: Sequence[str], results: Sequence[list[dict[str, object]] | None]
) -> Response:
    """Answer with the labels of each picture, best first; a problem if all were refused."""
    refused = answered.refused
    if len(refused) == len(answered.outcomes):
        return _all_refused(refused, answered.request_id)
    return _json(answered, refused, {"labels": labels, "results": results})


def _json(answered: Answered, refused: Sequence[RefusedImage], body: dict[str, Any]) -> Response:
    # orjson writes float32 with as many digits as it takes to read the same number back: half the bytes of
    # the float64 in between, in a third of the time (1.1 ms instead of 3.6 for 64 vectors of 768 numbers).
    whole = {
        "model": answered.identity.name,
        "revision": answered.identity.revision,
        **body,
        "refused": [entry.model_dump() for entry in refused],
        "seconds": round(answered.seconds, 6),
    }
    return Response(orjson.dumps(whole, option=orjson.OPT_SERIALIZE_NUMPY), media_type=JSON)


def _binary(answered: Answered, refused: Sequence[RefusedImage], form: str) -> Response:
    identity = answered.identity
    rows: NDArray[np.float32] = np.full((len(answered.outcomes), identity.dimensions), np.nan, dtype="<f4")
    for row, outcome in zip(rows, answered.outcomes, strict=True):
        if isinstance(outcome, np.ndarray):
            row[:] = outcome
    headers = {
        "X-Pinakes-Model": identity.name,
        "X-Pinakes-Revision": identity.revision,
        "X-Pinakes-Preprocess": identity.preprocess,
        "X-Pinakes-Dimensions": str(identity.dimensions),
        "X-Pinakes-Count": str(len(rows)),
        "X-Pinakes-Refused": ",".join(f"{entry.index}:{entry.reason}" for entry in refused),
    }
    return Response(_npy(rows) if form == NPY else rows.tobytes(), media_type=form, headers=headers)


def _npy(rows: NDArray[np.float32]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, rows, allow_pickle=False)
    return stream.getvalue()


def _all_refused(refused: list[RefusedImage], request_id: str) -> Response:
    statuses = {STATUS_OF_REASON.get(Reason(entry.reason), 400) for entry in refused}
    status = statuses.pop() if len(statuses) == 1 else 400
    if len(refused) == 1:
        error = ImageRefused(refused[0].reason, refused[0].detail)
        return problem_response(error, request_id=request_id, status=status, refused=refused)
    several = ImageRefused(refused[0].reason, f"None of the {len(refused)} inputs could be done.")
    return problem_response(several, request_id=request_id, status=status, refused=refused)

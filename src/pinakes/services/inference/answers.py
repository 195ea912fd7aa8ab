"""Outcomes to answers: JSON, raw float32, .npy, or a problem when no picture was good."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from starlette.responses import Response

from pinakes.core.errors import ImageRefused
from pinakes.core.types import ModelIdentity, Reason, Refusal
from pinakes.schemas.embeddings import EmbedResponse, RefusedImage
from pinakes.services.inference.bodies import NamedImage
from pinakes.services.problems import problem_response
from pinakes.serving.request import Outcome

#: Media types of the answers, the first of them the default.
JSON, RAW, NPY = "application/json", "application/octet-stream", "application/x-npy"

#: HTTP status where every picture was refused for a reason other than being a bad picture.
STATUS_OF_REASON = {
    Reason.UNSUPPORTED_FORMAT: 415,
    Reason.NEEDS_EXTRA: 415,
    Reason.TOO_MANY_BYTES: 413,
    Reason.TOO_MANY_PIXELS: 413,
    Reason.MODEL_FAILED: 500,
    Reason.OUT_OF_MEMORY: 507,
}


def wanted_form(accept: str) -> str:
    """Return the media type to answer with for an Accept header; JSON unless another is named first."""
    for entry in accept.lower().split(","):
        media = entry.partition(";")[0].strip()
        if media in (JSON, RAW, NPY):
            return media
    return JSON


def answer(
    identity: ModelIdentity,
    images: Sequence[NamedImage],
    outcomes: Sequence[Outcome],
    *,
    form: str,
    seconds: float,
    request_id: str,
) -> Response:
    """Answer one outcome per picture in the form wanted; a problem with each reason if all were refused."""
    refused = [
        RefusedImage(index=index, name=image.name, reason=outcome.reason, detail=outcome.detail)
        for index, (image, outcome) in enumerate(zip(images, outcomes, strict=True))
        if isinstance(outcome, Refusal)
    ]
    if len(refused) == len(images):
        return _all_refused(refused, request_id)
    if form == JSON:
        return _json(identity, outcomes, refused, seconds)
    return _binary(identity, outcomes, refused, form)


def _json(
    identity: ModelIdentity, outcomes: Sequence[Outcome], refused: list[RefusedImage], seconds: float
) -> Response:
    body = EmbedResponse.model_construct(
        model=identity.name,
        revision=identity.revision,
        preprocess=identity.preprocess,
        dimensions=identity.dimensions,
        normalised=True,
        embeddings=[outcome.tolist() if isinstance(outcome, np.ndarray) else None for outcome in outcomes],
        refused=refused,
        seconds=round(seconds, 6),
    )
    return Response(body.model_dump_json(), media_type=JSON)


def _binary(
    identity: ModelIdentity, outcomes: Sequence[Outcome], refused: list[RefusedImage], form: str
) -> Response:
    rows: NDArray[np.float32] = np.full((len(outcomes), identity.dimensions), np.nan, dtype="<f4")
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, np.ndarray):
            row[:] = outcome
    headers = {
        "X-Pinakes-Model": identity.name,
        "X-Pinakes-Revision": identity.revision,
        "X-Pinakes-Preprocess": identity.preprocess,
        "X-Pinakes-Dimensions": str(identity.dimensions),
        "X-Pinakes-Count": str(len(outcomes)),
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
    several = ImageRefused(refused[0].reason, f"None of the {len(refused)} pictures could be embedded.")
    return problem_response(several, request_id=request_id, status=status, refused=refused)

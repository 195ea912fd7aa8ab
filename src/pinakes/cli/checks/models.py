"""Checks of what turns pictures into numbers, in this process and in the service."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pinakes.cli.checks import samples
from pinakes.cli.checks.verdict import Verdict, failed, ok, warning
from pinakes.clients.inference import HttpEmbedder
from pinakes.clients.patience import Patience
from pinakes.core.errors import InvalidRequest, PinakesError, ServiceUnavailable
from pinakes.core.settings import Settings
from pinakes.core.types import Refusal
from pinakes.models.global_descriptor import REVISION, describe
from pinakes.services.chosen.embedders import local_embedder

#: Every 32nd number of the descriptor of `samples.gradient`, by its revision; recorded when it was made.
RECORDED: dict[str, tuple[float, ...]] = {
    "1": (
        -0.0118,
        -0.1582,
        0.0943,
        -0.1237,
        -0.0034,
        -0.0016,
        -0.0092,
        0.1531,
        -0.0,
        0.0,
        -0.024,
        0.0341,
        -0.0526,
    ),
}

#: Step between the numbers that are recorded.
STRIDE = 32

#: Largest departure from what was recorded: other processors round differently.
TOLERANCE = 1e-3

#: Time the service may take to say which model it has, seconds.
SERVICE_SECONDS = 3.0

_AGAIN = "Install Pinakes again: pip install --force-reinstall pinakes."


def descriptor(_settings: Settings) -> Verdict:
    """The built-in descriptor gives unit vectors, the same on every machine."""
    vector, again = describe(samples.gradient()), describe(samples.gradient())
    expected = np.array(RECORDED.get(REVISION, ()), dtype=np.float32)
    off = float(np.abs(vector[::STRIDE][: len(expected)] - expected).max(initial=0.0))
    length = float(np.linalg.norm(vector))
    seen = (
        f"revision {REVISION}, {len(vector)} numbers, length {length:.4f}, {off:.0e} from what was recorded"
    )
    sound = abs(length - 1) < 1e-4 and np.array_equal(vector, again) and off <= TOLERANCE and len(expected)
    return ok(seen) if sound else failed(seen, _AGAIN)


def embedding(settings: Settings) -> Verdict:
    """A picture is embedded in this process, and what is no picture is refused."""
    stream = io.BytesIO()
    Image.fromarray(samples.scene(1)).save(stream, "JPEG")
    try:
        embedder = local_embedder(settings)
    except PinakesError as error:
        return failed(str(error), error.remedy or "Try `pinakes models test`.")
    try:
        good, bad = embedder.embed([stream.getvalue(), b"no picture"])
        model = embedder.identity.key
    finally:
        embedder.close()
    if isinstance(good, Refusal) or not isinstance(bad, Refusal):
        return failed(f"{model} does not tell a picture from what is none", _AGAIN)
    return ok(f"{model} in this process, {len(good)} numbers a picture")


def service(settings: Settings) -> Verdict:
    """The inference service answers, and has the model that this process has."""
    client = settings.client
    start = "Start it with `pinakes serve inference`; until then pictures are embedded in each process."
    try:
        remote = HttpEmbedder(
            client.service_url,
            patience=Patience(0, 0),
            api_key=client.api_key,
            seconds=SERVICE_SECONDS,
            settings=client,
        )
    except InvalidRequest as error:
        return failed(str(error), "Correct PINAKES_CLIENT__SERVICE_URL.")
    try:
        theirs = remote.identity
    except ServiceUnavailable:
        return warning(f"none answers at {client.service_url}", start)
    except PinakesError as error:
        return failed(str(error), error.remedy or start)
    finally:
        remote.close()
    local = local_embedder(settings)
    ours = local.identity
    local.close()
    if theirs != ours:
        return warning(
            f"{client.service_url} has {theirs.key}, this process {ours.key}",
            "Update the older of the two; their embeddings are never mixed.",
        )
    return ok(f"{client.service_url} has {theirs.key}")

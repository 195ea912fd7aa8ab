"""How each part of the product embeds: by the settings, in this process, or with the model that ships."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pinakes.clients.factory import open_embedder
from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ClientSettings, ImageLimits, Settings
from pinakes.core.types import Pixels
from pinakes.images.decode import decode_at_least
from pinakes.models.built_in import IDENTITY
from pinakes.models.embedder import LocalModel
from pinakes.models.tasks.picture_input import DECODE_FACTOR, PictureInput, framing
from pinakes.services.chosen.built_in import built_in_model
from pinakes.services.chosen.offers import default_model, offers_of


def built_in_embedder(limits: ImageLimits) -> LocalModel:
    """Make the model that ships with the product behind `Embedder`, in this process."""
    return LocalModel(built_in_model(limits))


def local_embedder(settings: Settings) -> LocalModel:
    """Load the model that the service would serve by default, in this process.

    Raises:
        NotFound, ModelUnusable, OutOfMemory: it cannot be loaded.
    """
    listed = offers_of(settings)
    name, _, revision = default_model(settings, listed()).partition("@")
    chosen = next(
        offer
        for offer in listed()  # anew: a model in a directory is taken into the store only now
        if offer.name == name and (offer.revision == revision if revision else offer.current)
    )
    return LocalModel(chosen.load())


def chosen_embedder(settings: Settings, client: ClientSettings) -> Embedder:
    """Open the embedder that `client` asks for; this process embeds with `local_embedder`."""
    local: Callable[[], Embedder] = partial(local_embedder, settings)
    framed = FramedPictures(settings.images) if client.send == "pixels" else None
    return open_embedder(client, local=local, preprocess=framed)


class FramedPictures:
    """Implements `clients.forms.LocalPreprocess` for models of ours: pictures are decoded and framed here.

    The service then only scales numbers and infers, with the very results that files would give.
    """

    fingerprint = "framed-here"

    def __init__(self, limits: ImageLimits) -> None:
        self._limits = limits
        self._framing: PictureInput | None = None

    def equals(self, preprocess: str) -> bool:
        """Whether a service's preprocess spells out how it frames pictures."""
        self._framing = framing(preprocess)
        return self._framing is not None

    def pixels(self, encoded: bytes, side: int) -> Pixels:
        """Decode and frame a picture: uint8 sRGB (side, side, 3), or raise `ImageRefused`."""
        picture = self._framing
        if picture is None or picture.side != side:
            raise InvalidRequest(
                "The service does not say how its model frames pictures.",
                remedy="Set PINAKES_CLIENT__SEND=files.",
            )
        return picture.framed(decode_at_least(encoded, short_side=DECODE_FACTOR * side, limits=self._limits))

    def tensor(self, encoded: bytes, side: int) -> NDArray[np.float32]:
        """Refused: the numbers of a tensor are the model's own."""
        raise InvalidRequest(
            "The service takes tensors, whose numbers only the model's own files tell.",
            remedy="Set PINAKES_CLIENT__SEND=files.",
        )


def similarity_embedder(settings: Settings) -> Embedder:
    """Open what finds similar shots: the model that ships, since the tier's presets are measured for it.

    It is asked of the service where one of ours is set, else it runs in this process.
    """
    limits = settings.images
    if settings.client.protocol != "pinakes":
        return built_in_embedder(limits)
    client = settings.client.model_copy(update={"model": IDENTITY.name, "send": "files"})
    return open_embedder(client, local=lambda: built_in_embedder(limits))

"""The built-in model served on both transports, with real JPEG files to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from tests.pictures import encoded, shapes
from tests.services.inference.oip.serving import Service, service
from tests.stand_ins import only_offer

from pinakes.core.settings import ImageLimits
from pinakes.models.built_in import IDENTITY
from pinakes.services.chosen.built_in import built_in_model
from pinakes.services.chosen.embedders import built_in_embedder

#: Files of three kinds, and what is no file.
FILES = (encoded(shapes(1)), encoded(shapes(2), "PNG"), encoded(shapes(3, 600, 800), quality=80))
BROKEN = b"this is no picture"


@contextmanager
def built_in_service(**settings: object) -> Iterator[Service]:
    offers = only_offer(lambda: built_in_model(ImageLimits()), name=IDENTITY.name)
    with service(lambda: offers, **settings) as running:
        yield running


def expected() -> NDArray[np.float32]:
    """What the model gives for `FILES` when it is called in process."""
    embedder = built_in_embedder(ImageLimits())
    return np.stack([row for row in embedder.embed(FILES) if isinstance(row, np.ndarray)])

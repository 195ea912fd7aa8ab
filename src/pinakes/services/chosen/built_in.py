"""The built-in model joined with the decoder: what embeds when nothing else is installed."""

from __future__ import annotations

from functools import partial

from pinakes.core.settings import ImageLimits
from pinakes.images.decode import WORKING_SIDE, decode_reduced
from pinakes.models.base import LoadedModel
from pinakes.models.built_in import built_in


def built_in_model(limits: ImageLimits) -> LoadedModel:
    """Make the model that ships with the product; pictures over `limits` are refused."""
    return built_in(partial(decode_reduced, long_side=WORKING_SIDE, limits=limits))

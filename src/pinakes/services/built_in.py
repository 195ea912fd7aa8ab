"""The built-in model joined with the decoder: what embeds when nothing else is configured."""

from __future__ import annotations

from functools import partial

from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.images.decode import WORKING_SIDE, decode_reduced
from pinakes.models.built_in import BuiltInEmbedder


def built_in_embedder(limits: ImageLimits) -> Embedder:
    """Make the embedder that ships with the product; pictures over `limits` are refused."""
    return BuiltInEmbedder(partial(decode_reduced, long_side=WORKING_SIDE, limits=limits))

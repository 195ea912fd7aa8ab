"""The models a service may load: those that ship, and those installed on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pinakes.core.settings import Settings
from pinakes.core.types import Task
from pinakes.models.built_in import IDENTITY
from pinakes.services.built_in import built_in_model
from pinakes.serving.catalogue import Offer


def offers_of(settings: Settings) -> Callable[[], Sequence[Offer]]:
    """Return what lists the models there are, each time anew."""
    return lambda: [built_in_offer(settings)]


def built_in_offer(settings: Settings) -> Offer:
    """The model that ships with the product."""
    return Offer(
        IDENTITY.name,
        IDENTITY.revision,
        1,
        frozenset({Task.IMAGE_EMBEDDING}),
        0,
        True,
        lambda: built_in_model(settings.images),
    )


def default_of(offers: Sequence[Offer]) -> str:
    """Name of the model that serves those who name none: the first that embeds pictures."""
    return next((offer.name for offer in offers if Task.IMAGE_EMBEDDING in offer.tasks), offers[0].name)

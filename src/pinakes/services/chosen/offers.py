"""The models a service may load: those installed on this machine, and the one that ships."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from pinakes.core.errors import NotFound
from pinakes.core.settings import ImageLimits, Settings
from pinakes.core.types import Task
from pinakes.images.decode import decode_at_least
from pinakes.models.base import Decode, LoadedModel
from pinakes.models.built_in import IDENTITY
from pinakes.models.registry.registry import registry
from pinakes.models.store.store import Installed, Store
from pinakes.services.chosen.built_in import built_in_model
from pinakes.serving.catalogue import Offer

#: Weights below which a model's layers are too short to be shared among threads, bytes. Called directly, a
#: tiny CLIP embeds twice as many pictures a second in two calls of one thread each as in one call of two
#: threads. Behind the service no gain was measured yet; see benchmarks/RESULTS.md.
SMALL_MODEL = 64 * 2**20


def offers_of(settings: Settings) -> Callable[[], Sequence[Offer]]:
    """Return what lists the models there are, each time anew: one that is pulled is offered at once."""
    store = Store(settings.models_directory)
    return lambda: [*_installed(store, settings), _built_in(settings)]


def default_model(settings: Settings, offers: Sequence[Offer]) -> str:
    """Name of the model that serves those who name none.

    It is the one of the settings, where a directory is taken into the store first; else the first installed
    one that embeds pictures, in the registry's order; else the built-in one.

    Raises:
        NotFound: the settings name a model that is not installed.
        ModelUnusable: the directory holds no model.
    """
    wanted = settings.inference.model
    if wanted and Path(wanted).is_dir():
        from pinakes.models.store.importing import import_model

        return import_model(Store(settings.models_directory), Path(wanted), link=True).name
    names = [offer.name for offer in offers if offer.current]
    if wanted:
        entry = registry().get(wanted)
        name = entry.name if entry else wanted
        if name.partition("@")[0] not in names:
            raise NotFound(
                f"The model {wanted} is not installed.", remedy=f"Get it with `pinakes models pull {wanted}`."
            )
        return name
    known = {entry.name: place for place, entry in enumerate(registry())}
    embedding = [offer.name for offer in offers if Task.IMAGE_EMBEDDING in offer.tasks and offer.current]
    return min(embedding or names, key=lambda name: (name == IDENTITY.name, known.get(name, len(known))))


def decoder_for(limits: ImageLimits) -> Callable[[int], Decode]:
    """Return what makes the decoder to pixels whose shorter side is at least some length."""
    return lambda short_side: partial(decode_at_least, short_side=short_side, limits=limits)


def _built_in(settings: Settings) -> Offer:
    return Offer(
        name=IDENTITY.name,
        revision=IDENTITY.revision,
        version=1,
        tasks=frozenset({Task.IMAGE_EMBEDDING}),
        nbytes=0,
        current=True,
        load=lambda: built_in_model(settings.images),
    )


def _installed(store: Store, settings: Settings) -> list[Offer]:
    """Every installed revision; versions count from the one that was installed first."""
    offers = []
    for _, group in groupby(store.installed(), key=lambda model: model.name):
        revisions = sorted(group, key=lambda model: model.manifest.pulled_at)
        offers += [_offer(model, number, settings) for number, model in enumerate(revisions, start=1)]
    return offers


def _offer(model: Installed, version: int, settings: Settings) -> Offer:
    return Offer(
        name=model.name,
        revision=model.revision,
        version=version,
        tasks=frozenset(model.tasks),
        nbytes=model.nbytes,
        current=model.current,
        load=partial(_opened, model, settings),
        aliases=_aliases(model),
    )


def _threads(model: Installed, settings: Settings) -> dict[str, int]:
    """Threads of a call: as set, else one for a small model; a large one has every core while it is alone."""
    asked = settings.inference
    if asked.call_threads or model.nbytes < SMALL_MODEL:
        return {"threads": asked.call_threads or 1}
    return {"threads": asked.threads, "beside": 1}


def _aliases(model: Installed) -> tuple[str, ...]:
    """What other programs call a model that the registry knows: their short names, and its repository."""
    entry = registry().get(model.manifest.entry or model.name)
    return tuple(name.lower() for name in (*entry.aliases, entry.repo)) if entry else ()


def _opened(model: Installed, settings: Settings) -> LoadedModel:
    from pinakes.models.store.opening import open_model

    return open_model(
        model,
        decode_for=decoder_for(settings.images),
        variant=settings.inference.variant,
        **_threads(model, settings),
    )

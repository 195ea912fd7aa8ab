"""Puts together what the registry, this machine, the inference service and measurements say of models."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from pinakes.core.errors import PinakesError, WrongState
from pinakes.core.settings import Settings
from pinakes.core.types import Task
from pinakes.models.global_descriptor import DIMENSIONS
from pinakes.models.hub.hub import PUBLIC_HUB
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.registry import DEFAULT, registry
from pinakes.models.store.store import Installed, Store
from pinakes.schemas.known_models import (
    InferencePlace,
    KnownModel,
    ModelMeasurement,
    ModelRevision,
    ModelShelf,
    PublishedFigures,
)
from pinakes.schemas.models import ModelList, ServedModel
from pinakes.services.models.served import served_models

#: The model that needs no weights; see `pinakes.models.built_in`.
BUILT_IN = "pinakes-global"

_BUILT_IN_ABOUT = "Ships with Pinakes: finds pictures that look alike, and knows no words."


def shelf(
    settings: Settings, measured: Mapping[str, ModelMeasurement], jobs: Mapping[str, str]
) -> ModelShelf:
    """Every model there is or could be; `measured` and `jobs`, those under way, go by a model's name."""
    place, served = _asked(settings)
    here: dict[str, list[Installed]] = {}
    for each in Store(settings.models_directory).installed():
        here.setdefault(each.name, []).append(each)
    states = {each.name: each for each in (served.models if served else ()) if each.current}
    names = [BUILT_IN, *(entry.name for entry in registry()), *here, *states]
    default = served.default if served else ""
    models = [
        _known(name, here.get(name, ()), states.get(name)).model_copy(
            update={
                "is_default": name == default,
                "measured": measured.get(name),
                "job": jobs.get(name),
            }
        )
        for name in dict.fromkeys(names)
    ]
    return ModelShelf(
        inference=place,
        models=models,
        directory=str(settings.models_directory),
        free_bytes=_free(settings.models_directory),
        hub=settings.models.hub or os.environ.get("HF_ENDPOINT") or PUBLIC_HUB,
    )


def _asked(settings: Settings) -> tuple[InferencePlace, ModelList | None]:
    """Where models are served, and which; nothing that is away is an error here."""
    url = ", ".join(settings.client.service_urls)
    try:
        with served_models(settings.client) as asked:
            found = asked.every()
    except WrongState as error:
        return _place("none", url, error), None
    except PinakesError as error:
        return _place("away", url, error), None
    return InferencePlace(
        state="answering", url=url, detail="", remedy="", memory_bytes=found.memory_bytes
    ), found


def _place(state: str, url: str, error: PinakesError) -> InferencePlace:
    told = {"state": state, "url": url, "detail": str(error), "remedy": error.remedy, "memory_bytes": 0}
    return InferencePlace.model_validate(told)


def _known(name: str, revisions: Sequence[Installed], served: ServedModel | None) -> KnownModel:
    entry = registry().get(name)
    first = revisions[0] if revisions else None
    tasks = _tasks(name, first or entry or served)
    dimensions = first.manifest.dimensions if first else entry.dimensions if entry else 0
    if name == BUILT_IN:
        dimensions = DIMENSIONS
    return KnownModel(
        name=name,
        state=_state(name, first, entry),
        served=served.state if served else None,
        failure=served.failure if served else "",
        is_recommended=name == DEFAULT,
        is_default=False,
        about=_BUILT_IN_ABOUT if name == BUILT_IN else entry.about if entry else "",
        tasks=tasks,
        dimensions=dimensions or (served.dimensions if served else 0) or 0,
        bytes=sum(each.nbytes for each in revisions) if first else entry.about_bytes if entry else 0,
        memory_bytes=None,
        licence=_licence(name, first, entry),
        licence_note=entry.licence_note if entry else "",
        languages=entry.languages if entry else "",
        repository=entry.repo if entry else first.manifest.source if first else "",
        extra=entry.extra if entry else "",
        published=_published(entry) if entry else None,
        revisions=[_revision(each) for each in revisions],
        job=None,
        measured=None,
    )


def _tasks(name: str, known: Installed | Entry | ServedModel | None) -> list[str]:
    if name == BUILT_IN:
        return [Task.IMAGE_EMBEDDING]
    return [str(task) for task in known.tasks] if known else []


def _state(name: str, first: Installed | None, entry: Entry | None) -> str:
    if name == BUILT_IN:
        return "ships"
    return "installed" if first else "available" if entry else "elsewhere"


def _licence(name: str, first: Installed | None, entry: Entry | None) -> str:
    if name == BUILT_IN:
        return "Apache-2.0"
    return entry.licence if entry else first.manifest.licence if first else ""


def _revision(installed: Installed) -> ModelRevision:
    return ModelRevision(
        revision=installed.revision,
        current=installed.current,
        bytes=installed.nbytes,
        source=installed.manifest.source,
        pulled_at=installed.manifest.pulled_at.timestamp(),
    )


def _published(entry: Entry) -> PublishedFigures | None:
    quality, cost = entry.quality, entry.cost
    if quality is None and cost is None:
        return None
    return PublishedFigures(
        quality=quality.value if quality else None,
        measure=quality.measure if quality else "",
        milliseconds=cost.milliseconds if cost else None,
        mebibytes=cost.mebibytes if cost else None,
        source=quality.source if quality else cost.source if cost else "",
    )


def _free(directory: Path) -> int:
    """Room on the disk that holds a directory, which need not exist yet."""
    there = next((each for each in (directory, *directory.parents) if each.exists()), Path("/"))
    return shutil.disk_usage(there).free

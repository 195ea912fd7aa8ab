"""Which model serves a request, and what to say when none can."""

from __future__ import annotations

from collections.abc import Iterable, Set

from pinakes.core.errors import InvalidRequest, ModelUnusable, NotFound, NotReady
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.models.registry.registry import registry
from pinakes.serving.catalogue import ModelState, ModelStatus
from pinakes.serving.engine import Engine


def tasks_of(engine: Engine, status: ModelStatus) -> frozenset[Task]:
    """What a model does, as far as known: of a loaded one all, of another what its offer says."""
    if status.identity is None:
        return status.offer.tasks
    try:
        return frozenset(engine.model(status.offer.key).tasks)
    except (NotFound, NotReady):  # it was unloaded since
        return status.offer.tasks


def models_that_do(engine: Engine, tasks: frozenset[Task]) -> list[str]:
    """Names of the models that do all of some tasks, those that can serve now first."""
    able = [
        status for status in engine.statuses() if status.offer.current and tasks <= tasks_of(engine, status)
    ]
    return [
        status.offer.name for status in sorted(able, key=lambda status: status.state is not ModelState.READY)
    ]


def model_for(engine: Engine, tasks: frozenset[Task], preferred: str = "") -> str:
    """Name of the model for who names none: the preferred, the default if it does the tasks, or the first.

    Raises:
        NotFound: none does; the remedy is the command that gets one.
    """
    if preferred:
        return preferred
    if tasks <= tasks_of(engine, engine.status()):
        return ""
    able = models_that_do(engine, tasks)
    if not able:
        raise NotFound(f"No model here does {_listed(tasks)}.", remedy=_command(tasks))
    return able[0]


def loaded_for(engine: Engine, tasks: frozenset[Task], name: str) -> LoadedModel:
    """The loaded model of a name, which begins to load if it is not in memory; the default one for "".

    Raises:
        NotFound: there is no such model.
        InvalidRequest: it does not do all of the tasks; the remedy names those that do.
        NotReady, ModelUnusable: it is not loaded.
    """
    try:
        model = engine.model(name)
    except (NotReady, ModelUnusable):
        status = engine.status(name)
        _refuse_unable(engine, status.offer.name, tasks, status.offer.tasks)
        if status.state is ModelState.ABSENT:
            engine.load(status.offer.key)
            raise NotReady(f"The model {status.offer.name} is still loading.") from None
        raise
    _refuse_unable(engine, model.name, tasks, model.tasks.keys())
    return model


def _refuse_unable(engine: Engine, name: str, tasks: frozenset[Task], does: Set[Task]) -> None:
    """Raise `InvalidRequest` unless a model does all of some tasks, or it is not known yet what it does."""
    if does and not tasks <= does:
        raise InvalidRequest(
            f"The model {name} does {_listed(does)}, not {_listed(tasks - does)}.",
            remedy=_alternatives(engine, tasks),
        )


def _alternatives(engine: Engine, tasks: frozenset[Task]) -> str:
    able = models_that_do(engine, tasks)
    return f"Ask one of: {', '.join(able)}." if able else _command(tasks)


def _command(tasks: frozenset[Task]) -> str:
    """The command that gets a model which does the tasks, the registry's first."""
    fit = next((entry.name for entry in registry() if tasks <= frozenset(entry.tasks)), None)
    return f"Get one with `pinakes models pull {fit}`." if fit else ""


def _listed(tasks: Iterable[Task]) -> str:
    return " and ".join(sorted(tasks))

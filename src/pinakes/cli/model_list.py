"""The list of models: what ships, what is installed, and what can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pinakes.cli import output
from pinakes.core.types import Task
from pinakes.models.layouts import Layout
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.registry import DEFAULT, registry
from pinakes.models.store.store import Installed, Store

#: The model that needs no weights; see `pinakes.models.built_in`.
BUILT_IN = "pinakes-global"

#: Marks a model that the default installation cannot run.
EXTRA = "extra"

#: What each task takes and gives, in a word or two.
_TASKS = {
    Task.IMAGE_EMBEDDING: "pictures",
    Task.TEXT_EMBEDDING: "words",
    Task.CAPTIONING: "captions",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One model by name: what the registry says of it, and its revisions here."""

    name: str
    state: str
    tasks: tuple[Task, ...]
    dimensions: int
    nbytes: int
    licence: str
    entry: Entry | None
    revisions: tuple[Installed, ...]


def rows(store: Store) -> list[Row]:
    """Every model that ships, is installed or is known, in that order of the registry; others last."""
    here: dict[str, list[Installed]] = {}
    for each in store.installed():
        here.setdefault(each.name, []).append(each)
    known = [_known(entry, here.pop(entry.name, [])) for entry in registry()]
    return [_built_in(), *known, *(_unknown(revisions) for revisions in here.values())]


def write_table(found: Sequence[Row]) -> None:
    """One line a model, and below what the columns mean."""
    width = max(len(row.name) for row in found) + 1
    output.write_line(
        f"  {'model':<{width}} {'does':<16} {'numbers':>7} {'size':>9}  {'licence':<13} {'recall':>6}  state"
    )
    for row in found:
        mark = "*" if row.name == DEFAULT else " "
        output.write_line(
            f"{mark} {row.name:<{width}} {_does(row.tasks):<16} {row.dimensions or '–':>7} {_size(row):>9}  "
            f"{row.licence:<13} {_recall(row.entry):>6}  {_state(row)}"
        )
    output.write_line()
    output.write_line("* is meant where no model is named: `pinakes models pull` gets it.")
    output.write_line(f"{EXTRA}: runs after `pip install 'pinakes[transformers]'`.")
    output.write_line("Recall: published, English words to pictures (Crossmodal-3600), out of 100.")


def as_json(found: Sequence[Row]) -> list[dict[str, Any]]:
    """The same and more, for programs."""
    return [_as_json(row) for row in found]


def _as_json(row: Row) -> dict[str, Any]:
    more = row.entry.model_dump(mode="json", exclude={"name", "tasks", "files"}) if row.entry else {}
    return {
        **more,
        "name": row.name,
        "default": row.name == DEFAULT,
        "state": row.state,
        "tasks": list(row.tasks),
        "dimensions": row.dimensions,
        "bytes": row.nbytes,
        "licence": row.licence,
        "installed": [
            {
                "revision": each.revision,
                "current": each.current,
                "bytes": each.nbytes,
                "source": each.manifest.source,
                "kind": each.manifest.kind,
                "path": str(each.path),
                "pulled_at": each.manifest.pulled_at.isoformat(),
            }
            for each in row.revisions
        ],
    }


def _built_in() -> Row:
    from pinakes.models.global_descriptor import DIMENSIONS

    return Row(BUILT_IN, "ships", (Task.IMAGE_EMBEDDING,), DIMENSIONS, 0, "Apache-2.0", None, ())


def _known(entry: Entry, revisions: Sequence[Installed]) -> Row:
    nbytes = revisions[0].nbytes if revisions else entry.about_bytes
    state = "installed" if revisions else "available"
    return Row(
        entry.name, state, entry.tasks, entry.dimensions, nbytes, entry.licence, entry, tuple(revisions)
    )


def _unknown(revisions: Sequence[Installed]) -> Row:
    first = revisions[0]
    known = first.manifest
    return Row(
        first.name,
        "installed",
        first.tasks,
        known.dimensions,
        first.nbytes,
        known.licence,
        None,
        tuple(revisions),
    )


def _does(tasks: Sequence[Task]) -> str:
    return ", ".join(_TASKS[task] for task in tasks)


def _size(row: Row) -> str:
    if row.revisions:
        return output.size(row.nbytes)
    return f"~{row.nbytes / 1e6:,.0f} MB" if row.nbytes else "–"


def _recall(entry: Entry | None) -> str:
    if entry is None or entry.quality is None or not entry.dimensions:
        return "–"
    return f"{entry.quality.value:.1f}"


def _state(row: Row) -> str:
    state = " ".join((row.state, ", ".join(each.revision for each in row.revisions))).strip()
    return f"{state}, {EXTRA}" if _needs_extra(row) else state


def _needs_extra(row: Row) -> bool:
    """Whether the revision that is meant, or would be got, runs on torch only."""
    if row.revisions:
        return row.revisions[0].manifest.kind == Layout.TRANSFORMERS
    return bool(row.entry and row.entry.extra)

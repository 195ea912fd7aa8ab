"""Check of what matters most: what is removed can be brought back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image
from sqlalchemy import Engine

from pinakes.blobs.memory import MemoryBlobStore
from pinakes.cli.checks import samples
from pinakes.cli.checks.verdict import Verdict, failed, ok
from pinakes.core.settings import Settings
from pinakes.core.types import Tier
from pinakes.db.session import open_database
from pinakes.duplicates.finder import Finder, Question
from pinakes.duplicates.resolution import plan, resolve, undo
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders
from pinakes.services.chosen.embedders import built_in_embedder

_REMEDY = "Do not resolve anything before this works; report it, with this line."


def trash_and_undo(settings: Settings) -> Verdict:
    """Two equal files are found, one is put in the trash, and undo brings it back as it was."""
    with tempfile.TemporaryDirectory(prefix="pinakes-doctor-") as place:
        folder, state = Path(place) / "pictures", Path(place) / "state"
        folder.mkdir()
        first, second = folder / "a.png", folder / "a copy.png"
        Image.fromarray(samples.scene(1)).save(first)
        second.write_bytes(first.read_bytes())
        before = _files(folder)
        engine = open_database(state)
        try:
            report = _removed(engine, state, folder, settings)
            between = _files(folder)
            (back,) = undo.undo(engine, state, [report.act], actor="doctor")
        finally:
            engine.dispose()
        after = _files(folder)
    if report.done != 1 or len(between) != 1:
        return failed(f"of two equal files, {report.done} went to the trash", _REMEDY)
    if back.done != 1 or after != before:
        return failed("what was put in the trash did not come back as it was", _REMEDY)
    return ok("of two equal files one went to the trash and came back, journalled")


def _removed(engine: Engine, state: Path, folder: Path, settings: Settings) -> resolve.ActReport:
    folders = resolve_folders([folder])
    store = MemoryBlobStore()
    Scan(engine, store, settings.images, 1).run(Walk(folders))
    finder = Finder(
        engine, store, settings.images, workers=1, embedder=lambda: built_in_embedder(settings.images)
    )
    review = finder.find(Question(folders, tiers=(Tier.BYTES,)), lambda *_: None)
    return resolve.apply(engine, state, plan.make(review.groups, verb=plan.Verb.TRASH), actor="doctor")


def _files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.suffix == ".png"
    }

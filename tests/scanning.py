"""A scan in a process of its own, so that tests can kill it: `python -m tests.scanning STATE FOLDER…`."""

import json
import resource
import sys
from pathlib import Path

from sqlalchemy import Engine

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.settings import ImageLimits, Settings
from pinakes.db.session import open_database
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.report import ScanReport
from pinakes.ingest.source import Walk, resolve_folders


def scan_of(state: Path, *, workers: int = 1, limits: ImageLimits | None = None) -> tuple[Engine, Scan]:
    """Open the library in `state` and what a scan of it needs."""
    engine = open_database(state)
    return engine, Scan(engine, LocalBlobStore(state / "thumbnails"), limits or ImageLimits(), workers)


def scan(
    state: Path,
    *folders: Path,
    exclude: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    limits: ImageLimits | None = None,
    workers: int = 1,
) -> ScanReport:
    """Scan the folders into the library in `state`."""
    engine, prepared = scan_of(state, workers=workers, limits=limits)
    try:
        return prepared.run(Walk(resolve_folders(folders), exclude, include))
    finally:
        engine.dispose()


if __name__ == "__main__":
    place, *rest = (Path(argument) for argument in sys.argv[1:])
    report = scan(place, *rest, workers=2, limits=Settings().images).as_json()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    sys.stdout.write(json.dumps({**report, "peak_bytes": peak}) + "\n")

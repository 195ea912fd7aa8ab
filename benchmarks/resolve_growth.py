"""Does one act and its undo grow with the number of files and nothing else?

Question: what do planning, applying and undoing cost per file, in time and memory, against the bare
`os.rename` of as many files out of their folders and back, up to 100,000 files in one act?
Method: pairs of empty files that the library holds to be equal, 100 pairs to a folder; one act trashes the
second of each, one undo brings them back; each size in a process of its own. Memory is the peak during each
step beyond what the process held before it. The renames are timed twice and the better time is taken.
Command: python -m benchmarks.resolve_growth [FILES…] [--folder DIR]
Caveats: one disk; the two flushes of the journal for each 500 files are the disk's, not ours. The files are
empty since a rename does not depend on the size, and nothing is read where the device is that of the scan.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select

from pinakes.core.types import Tier
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.duplicates.resolution import journal, plan, resolve, undo
from pinakes.duplicates.types import Asset, DuplicateGroup, Member

#: Files to a folder.
FOLDER_FILES = 200


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call took, and what it returned."""
    started = time.perf_counter()
    result = act()
    return time.perf_counter() - started, result


class Memory:
    """Most memory held since this was made, beyond what was held then, MB."""

    def __init__(self) -> None:
        # The kernel forgets the peak that came before.
        Path("/proc/self/clear_refs").write_text("5")
        self._before = self._told("VmRSS")

    def peak(self) -> float:
        """Megabytes beyond the beginning."""
        return self._told("VmHWM") - self._before

    @staticmethod
    def _told(name: str) -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def made(root: Path, engine: Engine, count: int) -> list[DuplicateGroup]:
    """Write `count` pairs of equal files, their rows, and return their groups."""
    found = []
    for number in range(0, count, FOLDER_FILES // 2):
        last = min(number + FOLDER_FILES // 2, count)
        found += folder_of_pairs(root / "pictures", f"{number:07}", engine, range(number, last))
    return found


def folder_of_pairs(top: Path, name: str, engine: Engine, numbers: range) -> list[DuplicateGroup]:
    """One folder of it."""
    (top / name).mkdir(parents=True)
    found: list[DuplicateGroup] = []
    rows: list[dict[str, Any]] = []
    for number in numbers:
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        pair = [written(top, top / name / f"IMG_{number:06}{copy}.jpg", sha256) for copy in ("", " (1)")]
        members = tuple(Member(asset, Tier.BYTES, 1.0, "sha256", {}) for asset in pair)
        found.append(DuplicateGroup(f"{number:016x}", Tier.BYTES, pair[0], "Shortest path.", members))
        columns = ("path", "folder", "sha256", "bytes", "mtime_ns", "inode", "device")
        stored = {"outcome": "stored", "seen_in": 1, "missing": False}
        rows += [{column: getattr(asset, column) for column in columns} | stored for asset in pair]
    shape = {"format": "JPEG", "mode": "RGB", "width": 40, "height": 30, "frames": 1, "metadata_fields": 0}
    rest = {"perceptual_hash": b"", "hash_quality": 0, "metadata": {}, "prepared_by": "bench"}
    with engine.begin() as connection:
        content = [{"sha256": row["sha256"], "bytes": row["bytes"], **shape, **rest} for row in rows[::2]]
        connection.execute(insert(contents), content)
        connection.execute(insert(assets), rows)
    return found


def written(top: Path, path: Path, sha256: str) -> Asset:
    """Write one empty file; what a scan would say of it, but for the content that it is said to have."""
    path.touch(exist_ok=False)
    status = path.lstat()
    facts = (status.st_mtime_ns, str(status.st_ino), str(status.st_dev))
    return Asset(str(path), str(top), sha256, 0, 40, 30, "JPEG", *facts)


def bare(root: Path, paths: list[str]) -> float:
    """Seconds that it takes to rename the files into one directory and back."""
    aside = root / "aside"
    aside.mkdir()

    def there_and_back() -> None:
        for number, path in enumerate(paths):
            os.rename(path, f"{aside}/{number}")  # noqa: PTH104
        for number, path in enumerate(paths):
            os.rename(f"{aside}/{number}", path)  # noqa: PTH104

    seconds = min(timed(there_and_back)[0] for _ in range(2))
    aside.rmdir()
    return seconds


def measured(root: Path, count: int) -> dict[str, float]:
    """One size, in this process."""
    engine = open_database(root / "state")
    groups = made(root, engine, count)
    paths = [group.members[1].asset.path for group in groups]
    renames = bare(root, paths)
    memory = Memory()
    planning, decided = timed(lambda: plan.make(groups))
    plan_mb, memory = memory.peak(), Memory()
    applying, report = timed(lambda: resolve.apply(engine, root / "state", decided, actor="benchmark"))
    apply_mb, memory = memory.peak(), Memory()
    undoing, (back,) = timed(lambda: undo.undo(engine, root / "state", actor="benchmark"))
    undo_mb = memory.peak()
    assert (report.done, back.done, report.failed, back.failed) == (count, count, (), ())
    assert all(map(os.path.lexists, paths))
    listing = timed(lambda: journal.acts(engine))[0]
    with engine.begin() as connection:
        assert connection.execute(select(assets.c.id).where(assets.c.missing)).first() is None
    return {
        "files": count,
        "rename_us": renames / count / 2 * 1e6,
        "plan_us": planning / count * 1e6,
        "apply_us": applying / count * 1e6,
        "undo_us": undoing / count * 1e6,
        "apply_ratio": applying / (renames / 2),
        "undo_ratio": undoing / (renames / 2),
        "plan_mb": plan_mb,
        "apply_mb": apply_mb,
        "undo_mb": undo_mb,
        "journal_bytes": (root / "state" / "library.sqlite3").stat().st_size / count,
        "acts_ms": listing * 1e3,
    }


def main() -> None:
    """Measure each size in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the files are made; default a temporary directory")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measured(options.folder, options.files[0])))
        return
    rows = []
    print(
        "| files | rename µs | plan µs | apply µs | undo µs | apply ÷ rename | undo ÷ rename | MB of each |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in options.files:
        root = Path(tempfile.mkdtemp(prefix="pinakes-resolve-", dir=options.folder))
        command = [
            sys.executable,
            "-m",
            "benchmarks.resolve_growth",
            str(count),
            "--inside",
            "--folder",
            str(root),
        ]
        try:
            row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        finally:
            shutil.rmtree(root)
        rows.append(row)
        print(
            f"| {count:,} | {row['rename_us']:.1f} | {row['plan_us']:.1f} | {row['apply_us']:.0f} "
            f"| {row['undo_us']:.0f} | {row['apply_ratio']:.1f} | {row['undo_ratio']:.1f} "
            f"| {row['plan_mb']:.1f} / {row['apply_mb']:.1f} / {row['undo_mb']:.1f} |",
            flush=True,
        )
    print(json.dumps({"benchmark": "resolve_growth", "rows": rows}))


if __name__ == "__main__":
    main()

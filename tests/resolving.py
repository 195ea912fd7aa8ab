"""Libraries made without a scan, and acts on them in a process of its own that is killed somewhere.

`python -m tests.resolving ROOT ROUNDS lines|moments` kills that many times and raises if anything is lost.
"""

import hashlib
import json
import os
import random
import signal
import stat
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.types import Tier
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents, distinct_pairs, stack_members
from pinakes.duplicates import keeper
from pinakes.duplicates.resolution import bins, journal, plan, recovery, removal, resolve, undo
from pinakes.duplicates.resolution.journal import Event, Item
from pinakes.duplicates.resolution.operation import interrupted
from pinakes.duplicates.resolution.plan import Plan, Verb
from pinakes.duplicates.types import Asset, DuplicateGroup, Member


class Library:
    """A folder of files, a state directory, and the rows that a scan would have written."""

    def __init__(self, root: Path, *, state: Path | None = None, folder: Path | None = None) -> None:
        self.folder = folder or root / "pictures"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = state or root / "state"
        self.engine: Engine = open_database(self.state)

    def add(self, name: str, data: bytes = b"picture", **facts: Any) -> Asset:
        """Write a file, give it a row, and return it as an asset; `facts` replace what a scan would say."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(path):
            path.write_bytes(data)
        return self.known(str(path), **facts)

    def known(self, path: str, **facts: Any) -> Asset:
        """Give a file that is there its row, and return it as an asset."""
        asset = asset_at(path, str(self.folder), **facts)
        content = {"sha256": asset.sha256, "bytes": asset.bytes, "format": asset.format, "mode": "RGB"}
        shape = {"width": asset.width, "height": asset.height, "frames": 1, "metadata_fields": 0}
        rest = {"perceptual_hash": b"", "hash_quality": 0, "metadata": {}, "prepared_by": "test"}
        row = {"path": path, "folder": asset.folder, "sha256": asset.sha256, "bytes": asset.bytes}
        status = {"mtime_ns": asset.mtime_ns, "inode": asset.inode, "device": asset.device}
        with self.engine.begin() as connection:
            connection.execute(insert(contents).values(**content, **shape, **rest).on_conflict_do_nothing())
            connection.execute(insert(assets).values(**row, **status, outcome="stored", seen_in=1))
        return asset

    def group(
        self, name: str, members: Sequence[Asset], tier: Tier = Tier.BYTES, keep: Asset | None = None
    ) -> DuplicateGroup:
        """A group of assets that were all verified with `tier`."""
        return group_of(name, members, tier, keep)

    def apply(self, made: Plan, **options: Any) -> resolve.ActReport:
        """Apply a plan as a test does."""
        return resolve.apply(self.engine, self.state, made, actor="tests", **options)

    def undo(self, *acts: str, **options: Any) -> tuple[resolve.ActReport, ...]:
        """Undo as a test does."""
        return undo.undo(self.engine, self.state, acts or None, actor="tests", **options)

    def rows(self) -> list[Any]:
        """What the library says of its files and of what a person said of them."""
        columns = (assets.c.path, assets.c.sha256, assets.c.outcome, assets.c.missing, assets.c.bytes)
        status = (assets.c.mtime_ns, assets.c.inode, assets.c.device)
        with self.engine.begin() as connection:
            files = connection.execute(select(*columns, *status).order_by(assets.c.path)).all()
            said = connection.execute(select(distinct_pairs)).all()
            return [*files, *said, *connection.execute(select(stack_members)).all()]

    def missing(self) -> set[str]:
        """Names of the files that the library says are not there."""
        with self.engine.begin() as connection:
            paths = connection.scalars(select(assets.c.path).where(assets.c.missing)).all()
        return {os.path.relpath(path, self.folder) for path in paths}

    def trashed(self) -> list[str]:
        """Everything that waits in any trash."""
        roots = [self.state / bins.IN_STATE, *self.folder.rglob(bins.ON_VOLUME)]
        return sorted(str(path) for root in roots for path in root.rglob("*") if not path.is_dir())


def asset_at(path: str, folder: str, **facts: Any) -> Asset:
    """The asset that a scan would make of a file."""
    status = os.lstat(path)
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    known: dict[str, Any] = {
        "sha256": sha256,
        "bytes": status.st_size,
        "width": 40,
        "height": 30,
        "format": "JPEG",
        "mtime_ns": status.st_mtime_ns,
        "inode": str(status.st_ino),
        "device": str(status.st_dev),
    }
    return Asset(path, folder, **(known | facts))


def group_of(
    name: str, members: Sequence[Asset], tier: Tier = Tier.BYTES, keep: Asset | None = None
) -> DuplicateGroup:
    """A group of assets that were all verified with `tier`; the first in the rules' order is kept."""
    choice = keeper.choose(members, keeper.DEFAULT_RULES)
    choice = choice if keep is None else keeper.Choice(keep, "Kept by the test.")
    made = tuple(Member(asset, tier, 0.9, "test-1", {}) for asset in members)
    return DuplicateGroup(name, tier, choice.keep, choice.why, made)


def snapshot(folder: Path) -> dict[str, tuple[Any, ...]]:
    """All that can be told of every file below a folder, the trash left out."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode) or bins.ON_VOLUME in path.parts:
            continue
        if not stat.S_ISREG(status.st_mode):
            found[str(path)] = (status.st_ino, str(path.readlink()) if path.is_symlink() else "")
        else:
            xattrs = {key: os.getxattr(path, key) for key in os.listxattr(path)}
            held = (path.read_bytes(), xattrs)
            found[str(path)] = (*held, status.st_mode, status.st_mtime_ns, status.st_ino, status.st_nlink)
    return found


# What follows kills.

#: Files that are traced: dying between any two of their lines must lose nothing.
_TRACED = "/pinakes/duplicates/"


def many_verbs(library: Library, copies: int) -> Plan:
    """A plan of every verb; `copies` times each."""
    groups, verbs = [], {}
    for number in range(copies):
        for verb in Verb:
            name = f"{verb}{number}"
            same = verb.removes
            members = [
                library.add(f"{name}/{n}.jpg", f"{name}{'' if same else n}".encode()) for n in range(3)
            ]
            groups.append(group_of(name, members, Tier.BYTES if same else Tier.HASH))
            verbs[name] = verb
    return plan.make(groups, verbs=verbs)


def check_truth(library: Library, acts: Sequence[str]) -> None:
    """The journal says of every file what the disk says."""
    with library.engine.begin() as connection:
        assert interrupted(connection) is None, "the journal was left open"
        items = [item for act in acts for item in journal.items_of(connection, act, 1, 10**6)]
    for item in items:
        assert item.event not in journal.UNDER_WAY, item
        if Verb(item.verb).removes:
            _check_file(library, item)


def _check_file(library: Library, item: Item) -> None:
    told = removal.journalled(item)
    held = bins.located(library.state, told.trash, told.folder)[0]
    inode = told.identity.inode
    in_trash = os.path.lexists(held)
    in_place = os.path.lexists(told.path) and str(os.lstat(told.path).st_ino) == inode
    assert in_trash != in_place, f"{item.event}: in the trash {in_trash}, in its place {in_place}"
    assert in_trash == (item.event in journal.STANDING), item
    if item.event == Event.DONE and item.verb == Verb.TRASH:
        assert not os.path.lexists(told.path)
    elif item.event == Event.DONE:
        assert Path(told.path).samefile(told.kept_path)


def _in_child(act: Callable[[], object], *, kill_at_line: int = 0, kill_after: float = 0.0) -> int:
    """Run in a fork, kill it at a line or moment; returns the lines run, or -1 where it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        counted = 0

        def count(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal counted
            if _TRACED not in frame.f_code.co_filename:
                return None
            if event == "line":
                counted += 1
                if counted == kill_at_line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return count

        if not kill_after:
            sys.settrace(count)
        act()
        sys.settrace(None)
        os.write(writing, str(counted).encode())
        os._exit(0)
    os.close(writing)
    if kill_after:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 64)
    os.close(reading)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return -1
    assert status == 0, f"the child failed: {status}"
    return int(told)


def kill_often(root: Path, rounds: int, by: str) -> dict[str, int]:
    """Kill an act and its undo at random lines or moments, and check after each that nothing is lost."""
    dice = random.Random(7)
    library = Library(root)
    made = many_verbs(library, 3 if by == "lines" else 12)
    before, rows = snapshot(library.folder), library.rows()
    options: dict[str, Any] = {"chunk": 4, "actor": "tests"}

    def applied() -> None:
        resolve.apply(open_database(library.state), library.state, made, **options)

    def undone() -> None:
        undo.undo(open_database(library.state), library.state, None, **options)

    kills = {"apply": 0, "undo": 0, "settled": 0}
    measure: dict[str, float] = {}
    for name, act in (("apply", applied), ("undo", undone)):
        library.engine.dispose()
        started = time.monotonic()
        measure[name] = _in_child(act) if by == "lines" else 0
        if by != "lines":
            act()
            measure[name] = time.monotonic() - started
    for _ in range(rounds):
        for name, act in (("apply", applied), ("undo", undone)):
            library.engine.dispose()
            at = dice.uniform(0, measure[name])
            ended = (
                _in_child(act, kill_at_line=int(at) + 1) if by == "lines" else _in_child(act, kill_after=at)
            )
            kills[name] += ended < 0
            kills["settled"] += recovery.recover(library.engine, library.state)
            latest = [act.id for act in journal.acts(library.engine, limit=5) if act.verb == journal.RESOLVE]
            check_truth(library, latest[:1])
            if not any(act.standing for act in journal.acts(library.engine, limit=3)):
                break
        while any(act.standing for act in journal.acts(library.engine, limit=3)):
            for report in library.undo():
                assert not report.failed, report
        assert snapshot(library.folder) == before, "a file is not as it was"
        assert library.rows() == rows, "a row is not as it was"
        assert not library.trashed(), "something is left in the trash"
    return kills


if __name__ == "__main__":
    sys.stdout.write(json.dumps(kill_often(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))

"""One file's way to the trash and back: carried out, taken back, settled after a kill, or ended for good."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.duplicates.places import shown
from pinakes.duplicates.resolution import bins, files
from pinakes.duplicates.resolution.files import Directories, Identity, Objection, Place
from pinakes.duplicates.resolution.journal import Event, Item
from pinakes.duplicates.resolution.plan import PlannedItem, Verb
from pinakes.duplicates.types import Asset

#: What happened to an item whose outcome was never written, and that is where it was.
INTERRUPTED = "it was interrupted before anything happened to it"

#: Why a file is not put back over another.
_OCCUPIED = "its place is occupied by another file; move that away and undo again"


@dataclass(frozen=True, slots=True)
class Removal:
    """What must be known of a removed file to put it back, all of it in the journal.

    `trash` is relative to the state directory or absolute; `target` is what a symlink in its place says.
    `kept_path` is empty where nothing is kept in its stead.
    """

    verb: Verb
    path: str
    folder: str
    identity: Identity
    kept_path: str
    kept_folder: str
    kept: Identity
    trash: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an item: an outcome, and what is to be said of it."""

    event: Event
    said: str = ""
    looked: bool = True


def planned(item: PlannedItem, place: str) -> Removal:
    """The removal that a planned item asks for, with its place in the trash."""
    return Removal(
        item.verb,
        item.asset.path,
        item.asset.folder,
        _identity(item.asset),
        "" if item.alone else item.kept.path,
        item.kept.folder,
        _identity(item.kept),
        place,
        _target(item.asset, item.kept) if item.verb is Verb.SYMLINK else "",
    )


def detail_of(removal: Removal) -> dict[str, Any]:
    """As plain values, for the journal; the paths and hashes that have columns are left out."""
    own, kept = removal.identity, removal.kept
    return {
        "folder": removal.folder,
        "bytes": own.bytes,
        "mtime_ns": own.mtime_ns,
        "inode": own.inode,
        "device": own.device,
        "kept_folder": removal.kept_folder,
        "kept": [kept.bytes, kept.mtime_ns, kept.inode, kept.device],
        "trash": removal.trash,
        "target": removal.target,
    }


def journalled(item: Item) -> Removal:
    """The removal that the journal tells of."""
    detail = item.detail
    own = Identity(detail["bytes"], detail["mtime_ns"], detail["inode"], detail["device"], item.sha256 or "")
    return Removal(
        Verb(item.verb),
        item.path or "",
        detail["folder"],
        own,
        item.kept_path or "",
        detail["kept_folder"],
        _kept(item),
        detail["trash"],
        detail["target"],
    )


def carry_out(
    removal: Removal, directories: Directories, bin_: bins.Bin
) -> tuple[Settled, os.stat_result | None]:
    """Move the file to the trash and put the link there, if one is asked for; with the hardlink's status.

    Raises:
        Objection: it, or what is kept for it, is not what was scanned; nothing was changed.
        OSError: as the system says; nothing was changed.
    """
    source = directories.place(removal.path, removal.folder)
    status = files.check_unchanged(source, removal.identity)
    kept = _check_kept(removal, directories, status) if removal.kept_path else source
    held = directories.place(*bin_.prepare(removal.trash, removal.folder), lasting=True)
    source = directories.place(removal.path, removal.folder)
    files.move(source, held)
    try:
        if not files.is_same_file(status, held.status()):
            raise Objection("it was replaced in this very moment; scan again")
        if removal.verb is not Verb.TRASH:
            _put_link(removal, source, kept)
    except (OSError, Objection) as error:
        try:
            files.move(held, source)
        except OSError:
            return Settled(Event.DONE, f"it is in the trash and nothing is in its place: {error}"), None
        raise
    return Settled(Event.DONE), source.status() if removal.verb is Verb.HARDLINK else None


def take_back(removal: Removal, directories: Directories, state: Path) -> os.stat_result:
    """Put the file back where it was, whatever was done before; returns its status.

    Raises:
        Objection: something else has its place, or it is not in the trash; the trash is as it was.
        OSError: as the system says.
    """
    held, waiting = _look_in_trash(removal, directories, state)
    if held is None or waiting is None:
        return _already_back(removal, directories)
    parent = os.path.dirname(removal.path)  # noqa: PTH120
    if not os.path.isdir(parent):  # noqa: PTH112
        files.make_directories(parent, removal.folder)
    source = directories.place(removal.path, removal.folder)
    now = source.status()
    if now is not None and files.is_same_file(now, waiting):
        held.unlink()
        return now
    linked = now is not None and _is_our_link(removal, source, now)
    if now is not None and not linked:
        raise Objection(_OCCUPIED)
    if linked:
        source.unlink()
    try:
        files.move(held, source)
    except OSError:
        if linked:
            with suppress(OSError, Objection):
                _put_link(removal, source, directories.place(removal.kept_path, removal.kept_folder))
        raise
    return waiting


def obstacle(removal: Removal, directories: Directories, state: Path) -> str:
    """Why the file could not be put back now, as far as looking tells, or nothing; changes nothing."""
    try:
        held, waiting = _look_in_trash(removal, directories, state)
        if held is None or waiting is None:
            _already_back(removal, directories)
            return ""
        if not os.path.isdir(removal.folder):  # noqa: PTH112
            return "its folder is not there; attach its volume and try again"
        if not os.path.isdir(os.path.dirname(removal.path)):  # noqa: PTH112, PTH120
            return ""
        source = directories.place(removal.path, removal.folder)
        now = source.status()
        if now is None or files.is_same_file(now, waiting) or _is_our_link(removal, source, now):
            return ""
    except Objection as objection:
        return str(objection)
    except OSError as error:
        return f"the system refused: {files.said(error)}"
    return _OCCUPIED


def settle(removal: Removal, directories: Directories, state: Path) -> Settled:
    """Find out, by looking, how far a removal got that was killed; finish it or call it off."""
    try:
        source = directories.place(removal.path, removal.folder)
        held, waiting = _look_in_trash(removal, directories, state)
        now = source.status()
        if held is None or waiting is None:
            return Settled(
                Event.FAILED, INTERRUPTED if now else "it is neither in its place nor in the trash"
            )
        if now is not None and files.is_same_file(now, waiting):
            held.unlink()
            return Settled(Event.FAILED, INTERRUPTED)
        if removal.verb is Verb.TRASH or (now is not None and _is_our_link(removal, source, now)):
            return Settled(Event.DONE)
        if now is not None:
            return Settled(Event.DONE, "it is in the trash; another file took its place before the link did")
        return _settle_link(removal, directories, source, held)
    except (OSError, Objection) as error:
        # It may be in the trash or where it was; undoing can tell, as soon as it can be looked at.
        return Settled(Event.DONE, f"it could not be looked at after an interruption: {error}", looked=False)


def destroy(removal: Removal, directories: Directories, state: Path) -> int:
    """Delete the file from the trash for good; returns the bytes it had, 0 where it is not there any more.

    Raises:
        Objection: its directory cannot be opened, or what is there is another file.
        OSError: as the system says.
    """
    held = directories.place(*bins.located(state, removal.trash, removal.folder))
    waiting = held.status()
    if waiting is None:
        return 0
    if waiting.st_size != removal.identity.bytes or not stat.S_ISREG(waiting.st_mode):
        raise Objection("what is in the trash in its place is another file")
    held.unlink()
    return removal.identity.bytes if waiting.st_nlink == 1 else 0


def _check_kept(removal: Removal, directories: Directories, status: os.stat_result) -> Place:
    try:
        kept = directories.place(removal.kept_path, removal.kept_folder)
        kept_status = files.check_unchanged(kept, removal.kept)
    except Objection as objection:
        raise Objection(
            f"what is kept for it, {shown(removal.kept_path)}, is not sure: {objection}"
        ) from None
    if files.is_same_file(status, kept_status):
        raise Objection(f"it is the same file on disk as {shown(removal.kept_path)}, which is kept")
    return kept


def _put_link(removal: Removal, source: Place, kept: Place) -> None:
    """Put the link in the file's place, if it then leads to what is kept; else nothing."""
    there = kept.status()
    if removal.verb is Verb.HARDLINK:
        files.link(kept, source)
    else:
        os.symlink(removal.target, source.name, dir_fd=source.directory)
    if not files.is_same_file(there, source.followed()):
        source.unlink()
        raise Objection("the link would not lead to what is kept; scan again")


def _settle_link(removal: Removal, directories: Directories, source: Place, held: Place) -> Settled:
    try:
        _put_link(removal, source, directories.place(removal.kept_path, removal.kept_folder))
    except (OSError, Objection):
        files.move(held, source)
        return Settled(Event.FAILED, INTERRUPTED)
    return Settled(Event.DONE)


def _look_in_trash(
    removal: Removal, directories: Directories, state: Path
) -> tuple[Place | None, os.stat_result | None]:
    path, within = bins.located(state, removal.trash, removal.folder)
    if not os.path.isdir(os.path.dirname(path)):  # noqa: PTH112, PTH120
        return None, None
    held = directories.place(path, within, lasting=True)
    return held, held.status()


def _already_back(removal: Removal, directories: Directories) -> os.stat_result:
    with suppress(Objection):
        now = directories.place(removal.path, removal.folder).status()
        if now is not None and removal.identity.is_of(now):
            return now
    raise Objection("it is not in the trash any more; attach its volume if it is away, and undo again")


def _is_our_link(removal: Removal, source: Place, now: os.stat_result) -> bool:
    if removal.verb is Verb.SYMLINK:
        return source.link_target() == removal.target
    # The kept file's own name may be gone by now: its last name is never taken away.
    return removal.verb is Verb.HARDLINK and str(now.st_ino) == removal.kept.inode and now.st_nlink > 1


def _kept(item: Item) -> Identity:
    size, mtime_ns, inode, device = item.detail["kept"]
    return Identity(size, mtime_ns, inode, device, item.kept_sha256 or "")


def _identity(asset: Asset) -> Identity:
    return Identity(asset.bytes, asset.mtime_ns, asset.inode, asset.device, asset.sha256)


def _target(asset: Asset, kept: Asset) -> str:
    # Within one folder a relative link still leads there after the folder has moved as a whole.
    if asset.folder == kept.folder:
        return os.path.relpath(kept.path, os.path.dirname(asset.path))  # noqa: PTH120
    return kept.path

"""Takes a model in from a folder: the hub's own cache, a copy of a repository, or what an exporter wrote."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.errors import ModelUnusable, NotFound
from pinakes.models.layouts import GRAPH_FOLDERS, is_described, paths_in
from pinakes.models.registry.entry import WEIGHTS, Entry
from pinakes.models.registry.naming import checked, default_name
from pinakes.models.registry.registry import registry
from pinakes.models.store.checksums import content_revision, sha256_of
from pinakes.models.store.chosen_files import chosen
from pinakes.models.store.description import described_layout, require_known
from pinakes.models.store.disk import require_room, told
from pinakes.models.store.manifest import REVISION_DIGITS, ManifestFile, manifest_of
from pinakes.models.store.store import Installed, Store
from pinakes.models.store.wholeness import require_whole, weights_beside

#: How the hub's cache names the folder of a repository.
_CACHED = re.compile(r"^models--(?P<owner>.+?)--(?P<name>.+)$")


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with a model's files; repository and commit where the hub's cache tells them."""

    folder: Path
    repo: str = ""
    commit: str = ""

    @property
    def name(self) -> str:
        """Name of the repository, else of the folder."""
        return self.repo or self.folder.resolve().name


def import_model(store: Store, folder: Path, *, name: str = "", link: bool = False) -> Installed:
    """Install the model whose files lie in `folder`, and make it current; the same again changes nothing.

    With `link` its files are hard links, which take no room, where the disk allows; else copies.

    Raises:
        ModelUnusable: there is no model in it, or one that cannot be run here or is of pickles only; a file
            lacks or is damaged, or is not the registry's.
        InvalidRequest: it may not be called `name`.
        DiskFull, StateUnusable, StateBusy: see `Store`.
    """
    source = locate(folder)
    paths = _paths(source.folder)
    kind = described_layout(paths, of=str(source.folder))
    require_whole(source.folder, paths)
    require_known(source.folder, kind)
    digests = {path: sha256_of(source.folder / path) for path in paths}
    entry = _entry(source, name, digests)
    own = checked(name) if name else entry.name if entry else default_name(source.name)
    commit = _commit(source, entry, digests)
    revision = commit[:REVISION_DIGITS] or content_revision(digests)
    with store.held(own):
        if here := _here(store, own, revision, digests):
            return store.choose(here)
        staged = store.incoming(own, revision)
        try:
            files = tuple(_taken(source.folder, staged, path, digests[path], link=link) for path in digests)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        place = f"{source.repo or source.folder.resolve()}@{commit or revision}"
        manifest = manifest_of(
            source.folder, files, name=own, revision=revision, source=place, kind=kind, entry=entry
        )
        return store.install(staged, manifest)


def locate(folder: Path) -> Source:
    """Where the files are: in `folder` itself, or below it where it is a repository of the hub's cache.

    Raises:
        ModelUnusable: it is no folder, or the cache holds no whole snapshot.
    """
    if not folder.is_dir():
        raise ModelUnusable(f"{folder} is no folder.", remedy="Name the folder that holds the model's files.")
    cached = _CACHED.match(folder.name)
    if cached:
        return Source(_snapshot(folder), f"{cached['owner']}/{cached['name']}", _snapshot(folder).name)
    cached = _CACHED.match(folder.resolve().parent.parent.name)
    if cached and folder.resolve().parent.name == "snapshots":
        return Source(folder, f"{cached['owner']}/{cached['name']}", folder.resolve().name)
    return Source(folder)


def _snapshot(folder: Path) -> Path:
    try:
        named = folder / "snapshots" / (folder / "refs" / "main").read_text("utf-8").strip()
    except OSError:
        named = folder / "snapshots"
    found = [named] if named.is_dir() and named.name != "snapshots" else sorted(folder.glob("snapshots/*/"))
    if len(found) != 1:
        raise ModelUnusable(
            f"{folder} holds {len(found)} snapshots.", remedy="Name the one to take, below its snapshots."
        )
    return found[0]


def _paths(folder: Path) -> list[str]:
    """The files to take: those of a model, and whatever else its graphs keep weights in."""
    there = set(paths_in(folder))
    if not is_described(there) and (others := _meant(folder)):
        raise ModelUnusable(
            f"{folder} is not the model's own folder.",
            remedy="Import " + " or ".join(str(other) for other in others) + ".",
        )
    paths = chosen(there, of=str(folder), variants=True)
    return sorted({*paths, *there.intersection(weights_beside(folder, paths))})


def _meant(folder: Path) -> list[Path]:
    """Folders near this one that hold a model: the one above that of its graphs, else those below."""
    above = [folder.resolve().parent] if folder.resolve().name in GRAPH_FOLDERS else []
    below = sorted(each for each in folder.iterdir() if each.is_dir())
    return [each for each in above or below if is_described(set(paths_in(each)))]


def _entry(source: Source, name: str, digests: dict[str, str]) -> Entry | None:
    """The registry's entry that the files are of: by repository, or by name where the files agree."""
    if source.repo:
        return registry().get(source.repo)
    entry = registry().get(name or source.name)
    if entry is None or _wrong(entry, digests):
        return None
    needed = {file.path for file in entry.files if not file.optional}
    return entry if needed <= digests.keys() else None


def _commit(source: Source, entry: Entry | None, digests: dict[str, str]) -> str:
    """The hub's commit that the files are of: the cache's word for it, or the digests'; empty if unknown.

    Raises:
        ModelUnusable: the cache says they are the registry's commit, and a digest says that they are not.
    """
    if entry is None or not entry.revision:
        return source.commit
    wrong = _wrong(entry, digests)
    if wrong and source.commit == entry.revision:
        raise ModelUnusable(
            f"{', '.join(wrong)} of {entry.name} is not the file that the registry knows.",
            remedy="The copy is damaged; get it anew.",
        )
    weights = [file for file in entry.files if file.path.endswith(WEIGHTS)]
    certain = not wrong and all(file.sha256 for file in weights)
    return source.commit or (entry.revision if certain else "")


def _wrong(entry: Entry, digests: dict[str, str]) -> list[str]:
    """Files whose digest is known to the registry and is another here."""
    known = {file.path: file.sha256 for file in entry.files if file.sha256}
    return sorted(path for path in known if digests.get(path) != known[path])


def _taken(source: Path, staged: Path, path: str, digest: str, *, link: bool) -> ManifestFile:
    origin, target = (source / path).resolve(), staged / path
    nbytes = origin.stat().st_size
    with told(staged):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if not (link and _linked(origin, target)):
            require_room(staged, nbytes)
            shutil.copyfile(origin, target)
    return ManifestFile(path=path, bytes=nbytes, sha256=digest)


def _linked(origin: Path, target: Path) -> bool:
    with suppress(OSError):  # another disk, or a file system without links
        os.link(origin, target)
        return True
    return False


def _here(store: Store, name: str, revision: str, digests: dict[str, str]) -> Installed | None:
    try:
        here = store.find(name, revision)
    except NotFound:
        return None
    same = {file.path: file.sha256 for file in here.manifest.files} == digests
    return here if same and here.name == name and not store.verify(here) else None

"""Gets a model from a hub: asks what there is, fetches and resumes, checks every byte, and installs it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.errors import ModelUnusable, NotFound
from pinakes.models.hub.failures import Broken, Overlong
from pinakes.models.hub.hub import Hub, Listing
from pinakes.models.hub.wanted_files import Wanted, of_entry, of_repository
from pinakes.models.layouts import Layout
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.naming import default_name
from pinakes.models.store.chosen_files import is_weights
from pinakes.models.store.description import described_layout, require_known
from pinakes.models.store.disk import require_room, told
from pinakes.models.store.manifest import REVISION_DIGITS, manifest_of
from pinakes.models.store.store import Installed, Store, described

#: A broken download that brought fewer new bytes than this counts as a try without success.
LEAST_PROGRESS = 2**20

#: Ending of a file that is not whole.
PART = ".part"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull has come: bytes of all files, and the file that is being fetched."""

    done: int
    total: int
    path: str


#: Told how far a pull has come, several times a second.
Watch = Callable[[Progress], None]


class Pull:
    """One model on its way from a hub into a store."""

    def __init__(self, store: Store, hub: Hub, *, watch: Watch = lambda progress: None) -> None:
        self._store, self._hub, self._watch = store, hub, watch

    def run(self, target: Entry | str, *, name: str = "", revision: str = "") -> Installed:
        """Pull an entry of the registry, or the repository `owner/name`, and make it current.

        A model that is here already, whole and in that revision, is not fetched again. What arrives is
        kept when the pull ends early, and the next one goes on from there.

        Raises:
            Broken, NotFound, Unauthorised, ProtocolViolation: see `Hub`.
            ModelUnusable: a checksum does not fit, or the files make no model that can be loaded.
            DiskFull, StateUnusable, StateBusy: see `Store`.
        """
        entry, repo = (None, target) if isinstance(target, str) else (target, target.repo)
        own = name or (entry.name if entry else default_name(repo))
        with self._store.held(own):
            listing = self._hub.listing(repo, revision or (entry.revision if entry else ""))
            short = listing.commit[:REVISION_DIGITS]
            here = self._whole(own, short)
            return here or self._fetched(entry, listing, own, short)

    def _whole(self, name: str, revision: str) -> Installed | None:
        try:
            here = self._store.find(name, revision)
        except NotFound:
            return None
        return None if self._store.verify(here) else self._store.choose(here)

    def _fetched(self, entry: Entry | None, listing: Listing, name: str, revision: str) -> Installed:
        wanted = of_entry(entry, listing) if entry else of_repository(listing)
        folder = self._store.incoming(name, revision)
        kind = self._gathered(listing, wanted, folder, known=entry is not None)
        with told(folder):
            files = tuple(described(folder, file.path) for file in wanted)
        source = f"{self._hub.endpoint}/{listing.repo}@{listing.commit}"
        manifest = manifest_of(
            folder, files, name=name, revision=revision, source=source, kind=kind, entry=entry
        )
        return self._store.install(folder, manifest)

    def _gathered(self, listing: Listing, wanted: Sequence[Wanted], folder: Path, *, known: bool) -> Layout:
        """Fetch all files; the weights of a model not `known` only when its description shows it runs."""
        layout = described_layout({file.path for file in wanted}, of=listing.repo)
        sizes = _Sizes(folder, wanted)
        require_room(folder, sizes.missing)
        for weights in (False, True):
            for file in wanted:
                if is_weights(file.path) is weights:
                    self._fetch(listing, file, folder, sizes)
            if not known:
                require_known(folder, layout)
        return layout

    def _fetch(self, listing: Listing, file: Wanted, folder: Path, sizes: _Sizes) -> None:
        whole, part = folder / file.path, folder / f"{file.path}{PART}"
        if whole.is_file() and all(checksum.fits(whole) for checksum in file.checksums):
            return
        with told(folder):
            whole.parent.mkdir(parents=True, exist_ok=True)
        self._persist(listing, file, part, sizes)
        wrong = [checksum for checksum in file.checksums if not checksum.fits(part)]
        if wrong or (file.nbytes is not None and part.stat().st_size != file.nbytes):
            part.unlink()
            raise ModelUnusable(
                f"{listing.repo}/{file.path} did not arrive as it should: its checksum is wrong.",
                remedy="It was deleted; try again, and if it stays so, do not trust the hub or the proxy.",
            )
        with told(folder):
            part.replace(whole)

    def _persist(self, listing: Listing, file: Wanted, part: Path, sizes: _Sizes) -> None:
        """Fetch until the file is here, however often the connection breaks, as long as it gets on."""
        tries, furthest = 0, 0
        while True:
            try:
                self._append(listing, file, part, sizes)
                return
            except Broken as error:
                if isinstance(error, Overlong):
                    part.unlink(missing_ok=True)
                have = _size(part)
                tries = 0 if have >= furthest + LEAST_PROGRESS else tries + 1
                furthest = max(furthest, have)
                if tries > self._hub.patience.retries:
                    raise
                time.sleep(self._hub.patience.pause * min(tries, 8))

    def _append(self, listing: Listing, file: Wanted, part: Path, sizes: _Sizes) -> None:
        have = _size(part)
        if have and have == file.nbytes:
            return
        with told(part.parent), part.open("r+b" if have else "wb") as out:
            out.seek(have)
            for piece in self._hub.pieces(listing, file.path, have):
                if out.tell() != piece.offset:
                    out.seek(piece.offset)
                    out.truncate()
                out.write(piece.content)
                self._watch(sizes.progress(file.path, out.tell()))
            out.flush()
            os.fsync(out.fileno())


class _Sizes:
    """Bytes that are here and that are wanted, over all files of a pull."""

    def __init__(self, folder: Path, wanted: Sequence[Wanted]) -> None:
        self.total = sum(file.nbytes or 0 for file in wanted)
        self._here = {
            file.path: _size(folder / file.path) or _size(folder / f"{file.path}{PART}") for file in wanted
        }
        self.missing = max(0, self.total - sum(self._here.values()))

    def progress(self, path: str, nbytes: int) -> Progress:
        """Note that so much of a file is here."""
        self._here[path] = nbytes
        return Progress(sum(self._here.values()), self.total, path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""Which files of a repository a pull fetches, and what their bytes must come to."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.errors import ModelUnusable
from pinakes.models.hub.hub import Listing
from pinakes.models.registry.entry import Entry
from pinakes.models.store.checksums import Checksum
from pinakes.models.store.chosen_files import chosen, is_harmless


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch; `checksums` are the registry's and the hub's, and all must fit."""

    path: str
    nbytes: int | None
    checksums: tuple[Checksum, ...]


def of_entry(entry: Entry, listing: Listing) -> list[Wanted]:
    """The files of a registry's entry, small ones first, with what the hub says of them.

    Raises:
        ModelUnusable: the repository does not hold what the registry expects there.
    """
    published = {file.path: file for file in listing.files}
    missing = [file.path for file in entry.files if not file.optional and file.path not in published]
    if missing:
        raise ModelUnusable(
            f"{listing.repo} does not hold {', '.join(missing)}, which the model {entry.name} needs.",
            remedy=f"Its owner has changed it; `pinakes models pull {listing.repo}` takes what there is.",
        )
    wanted = []
    for file in entry.files:
        if file.path in published:
            theirs = published[file.path]
            known = [Checksum("sha256", file.sha256)] if file.sha256 else []
            told_by_hub = [theirs.checksum] if theirs.checksum else []
            nbytes = theirs.nbytes if file.bytes is None else file.bytes
            wanted.append(Wanted(file.path, nbytes, tuple(dict.fromkeys([*known, *told_by_hub]))))
    return sorted(wanted, key=lambda file: file.nbytes or 0)


def of_repository(listing: Listing) -> list[Wanted]:
    """The files of a repository that make one model, small ones first.

    Raises:
        ModelUnusable: it holds no weights that may be read.
    """
    paths = set(chosen((file.path for file in listing.files), of=listing.repo))
    wanted = [
        Wanted(file.path, file.nbytes, (file.checksum,) if file.checksum else ())
        for file in listing.files
        if file.path in paths and is_harmless(file.path)
    ]
    return sorted(wanted, key=lambda file: file.nbytes or 0)

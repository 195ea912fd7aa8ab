"""XMP files that are added beside their pictures: where they go, and what is no XMP."""

from __future__ import annotations

from pathlib import Path

from pinakes.core.errors import InvalidRequest, NotFound, UnsupportedMedia
from pinakes.core.types import Reason, Refusal
from pinakes.images import formats
from pinakes.images.metadata import packet
from pinakes.ingest import sidecars
from pinakes.services.library.uploads.names import suffix_of

#: Largest XMP file that is taken, bytes: larger ones are not read beside a picture either.
LARGEST = packet.LARGEST


def refuse_by_name(name: str) -> None:
    """Refuse what is not put beside a picture.

    Raises:
        UnsupportedMedia: its name is not that of XMP.
    """
    if not sidecars.is_sidecar(name):
        raise UnsupportedMedia(f"{name} is no XMP file.", remedy="Only XMP is kept beside a picture.")


def check(path: str) -> Refusal | None:
    """Whether a file that arrived is XMP, None where it is; runs in a decoding process."""
    # A packet may tell nothing and be one nonetheless, so what is looked for is its root.
    encoded = Path(path).read_bytes()
    if packet.properties(encoded) or any(root in encoded for root in (b"xmpmeta", b"rdf:RDF")):
        return None
    return Refusal(Reason.UNSUPPORTED_FORMAT, "There is no XMP in it.")


def place_of(picture: Path, name: str) -> Path:
    """Where the sidecar `name` of a picture goes: named after its picture, as that is called now.

    `IMG.jpg.xmp` stays the sidecar of one file, `IMG.xmp` that of all pictures of the name.
    """
    is_of_one_file = formats.is_picture_name(suffix_of(Path(name).stem))
    return picture.with_name((picture.name if is_of_one_file else picture.stem) + ".xmp")


def known(picture: Path, arrived: Path, name: str) -> Path | None:
    """The file beside a picture that says the same already; None where there is none.

    Raises:
        InvalidRequest: one says something else, and is not overwritten.
    """
    there = sidecars.beside(str(picture))
    if there is None:
        return None
    if there.packet == arrived.read_bytes():
        return picture.with_name(there.name)
    raise another(picture, name)


def another(picture: Path, name: str) -> InvalidRequest:
    """The error for a picture that has a sidecar with other words."""
    return InvalidRequest(
        f"{name} was not added: {picture.name} has an XMP file already, which says something else.",
        remedy=f"Nothing is overwritten; it lies in {picture.parent}.",
    )


def elsewhere(name: str) -> NotFound:
    """The error for a picture that is not among those that were added."""
    return NotFound(
        f"{name} was not added: its picture is not in the folder of added pictures.",
        remedy="Put it beside its picture in the folder where that lies.",
    )

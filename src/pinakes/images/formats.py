"""Which files are pictures: suffixes and first bytes, told apart without decoding anything."""

from __future__ import annotations

from functools import cache

from PIL import Image

#: Pillow's names of the formats that are decoded (MPO opens as JPEG); everything else is refused by name.
READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "HEIF", "AVIF", "JPEG2000", "PPM")

#: Suffixes of camera RAW files; several are TIFF inside, so the suffix decides.
RAW_SUFFIXES = frozenset(
    (
        ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw "
        ".rw2 .rwl .sr2 .srf .srw .x3f"
    ).split()
)

#: Suffixes of files that belong to a picture without being one.
SIDECAR_SUFFIXES = frozenset((".xmp", ".aae", ".thm", ".pp3", ".dop"))

#: Suffixes of video files; with a picture of the same name they may be a live photo.
VIDEO_SUFFIXES = frozenset((".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".3gp"))

#: Formats that Pillow lists but that are no pictures, or that it can only identify.
_NO_PICTURES = frozenset(("MPEG", "EPS", "PDF", "HDF5", "GRIB", "BUFR", "WMF"))

#: Bytes that `sniff` wants to see.
PREFIX_BYTES = 32

#: First bytes of the formats we read, for files that are too damaged for Pillow to name.
_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  \r\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)

_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


def sniff(prefix: bytes) -> str | None:
    """Name the picture format that a file's first `PREFIX_BYTES` bytes announce, or None.

    The names are Pillow's; formats that are recognised but not read are named too, so that they can be
    refused by name instead of being passed over.
    """
    for magic, name in _MAGIC:
        if prefix.startswith(magic):
            return name
    if prefix[:4] == b"RIFF" and prefix[8:12] == b"WEBP":
        return "WEBP"
    if prefix[4:8] == b"ftyp":
        brand = prefix[8:12]
        return "HEIF" if brand in _HEIF_BRANDS else "AVIF" if brand in _AVIF_BRANDS else None
    if prefix[:1] == b"P" and prefix[1:2] in b"1234567FfyY" and prefix[2:3].isspace():
        return "PPM"
    return _sniff_others(prefix)


def is_picture_name(suffix: str) -> bool:
    """Whether a lower-case suffix with its dot promises a picture, in any format ever heard of."""
    return suffix in _picture_suffixes() or suffix in RAW_SUFFIXES


def foreign(suffix: str) -> str | None:
    """Name the format that a lower-case suffix promises when it is one that is not read, else None."""
    register()
    name = Image.registered_extensions().get(suffix)
    return None if name in READ or name == "MPO" else name


@cache
def _picture_suffixes() -> frozenset[str]:
    register()
    listed = {s for s, name in Image.registered_extensions().items() if name not in _NO_PICTURES}
    return frozenset(
        listed
        | {
            ".jxl",
            ".heic",
            ".heif",
            ".hif",
            ".fpx",
            ".spider",
            ".spi",
            ".wal",
            ".mic",
            ".psb",
            ".svg",
            ".exr",
            ".hdr",
        }
    )


def _sniff_others(prefix: bytes) -> str | None:
    register()
    for name, (_, accept) in Image.OPEN.items():
        if name in READ or name in _NO_PICTURES or accept is None:
            continue
        verdict = accept(prefix[:16])
        if verdict and not isinstance(verdict, str):
            return name
    return None


@cache
def register() -> None:
    """Let Pillow know every format; done once, when the first picture is looked at."""
    import pillow_heif

    Image.init()
    pillow_heif.register_heif_opener(thumbnails=False)
    # Pillow's own guard is one number for the whole process and a warning below it; ours is per call.
    Image.MAX_IMAGE_PIXELS = None

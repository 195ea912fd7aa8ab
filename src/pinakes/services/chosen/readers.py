"""What reads the text in pictures: the extra `ocr` where it is installed, in this process."""

from __future__ import annotations

from functools import partial

from pinakes.core.settings import Settings
from pinakes.images.decode import decode_reduced
from pinakes.models.text_reader import LONG_SIDE, RapidReader, available


def open_reader(settings: Settings) -> RapidReader | None:
    """Make the reader, which loads its models with the first picture; None without the extra."""
    if not available():
        return None
    decode = partial(decode_reduced, long_side=LONG_SIDE, limits=settings.images)
    return RapidReader(decode, threads=settings.inference.threads)

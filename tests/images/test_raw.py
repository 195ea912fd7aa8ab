"""Camera RAW: by the extra, with a clear sentence where it is missing or the file is broken."""

import io

import numpy as np
import pytest
import tifffile

from pinakes.core.errors import ImageRefused
from pinakes.core.types import Reason
from pinakes.images import raw


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "available", lambda: False)
    with pytest.raises(ImageRefused) as caught:
        raw.develop(b"II*\x00")
    assert caught.value.reason == Reason.NEEDS_EXTRA
    assert "pip install 'pinakes[raw]'" in caught.value.remedy


def test_with_the_extra_a_broken_file_is_refused() -> None:
    if not raw.available():
        pytest.skip("the raw extra is not installed")
    with pytest.raises(ImageRefused) as caught:
        raw.develop(b"no camera wrote this" * 100)
    assert caught.value.reason == Reason.DAMAGED


def test_a_negative_is_developed_in_full_only_for_those_who_look_closely() -> None:
    if not raw.available():
        pytest.skip("the raw extra is not installed")
    negative = mosaic(width=640, height=480)
    assert raw.develop(negative).size == (320, 240)
    assert raw.develop(negative, long_side=320, most_pixels=10**6).size == (320, 240)
    assert raw.develop(negative, long_side=640, most_pixels=10**6).size == (640, 480)
    assert raw.develop(negative, long_side=640, most_pixels=10**4).size == (320, 240)
    assert raw.develop(negative).info[raw.FULL_SIZE] == (640, 480)


def mosaic(*, width: int, height: int) -> bytes:
    """A DNG of one plane, as a camera's sensor has it: red, green, green, blue."""
    stream = io.BytesIO()
    plane = np.linspace(0, 60_000, width * height, dtype=np.uint16).reshape(height, width)
    one = [number for row in np.eye(3, dtype=int) for value in row for number in (int(value), 1)]
    tags: list[tuple[int, str, int, object, bool]] = [
        (271, "s", 0, "Pinakes", True),
        (272, "s", 0, "Drawn", True),
        (33421, "H", 2, (2, 2), True),  # CFARepeatPatternDim
        (33422, "B", 4, bytes((0, 1, 1, 2)), True),  # CFAPattern
        (50706, "B", 4, bytes((1, 4, 0, 0)), True),  # DNGVersion
        (50708, "s", 0, "Pinakes Drawn", True),  # UniqueCameraModel
        (50717, "H", 1, 65_535, True),  # WhiteLevel
        (50721, "2i", 9, one, True),  # ColorMatrix1
        (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True),  # AsShotNeutral
        (50778, "H", 1, 21, True),  # CalibrationIlluminant1
    ]
    tifffile.imwrite(stream, plane, photometric="cfa", extratags=tags, metadata=None)
    return stream.getvalue()

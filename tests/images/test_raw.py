"""Camera RAW: by the extra, with a clear sentence where it is missing or the file is broken."""

import pytest

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

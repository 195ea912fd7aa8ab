"""Pictures in their whole size: one made at a time, kept within bounds, and always something to show."""

import io
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from PIL import Image
from starlette.responses import FileResponse

from pinakes.core.errors import Overloaded
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.hashing import sha256
from pinakes.services.library.viewing.rendering import rendered_into
from pinakes.services.library.viewing.whole_size import MOST_WAITING, WholeSize


@pytest.fixture(scope="module")
def strip(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A long, low TIFF, and its SHA-256."""
    path = tmp_path_factory.mktemp("strip") / "strip.tif"
    Image.new("RGB", (3600, 20), (200, 40, 40)).save(path)
    return str(path), sha256(path.read_bytes())


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeSize]:
    made = WholeSize(tmp_path / "kept", ImageLimits(), most_kept=12_000)
    yield made
    made.stop()


def test_a_picture_is_made_once_and_then_answered_from_disk(
    whole: WholeSize, strip: tuple[str, str], tmp_path: Path
) -> None:
    first = whole.answer(*strip, 6400, {"ETag": "1"})
    assert isinstance(first, FileResponse) and first.headers["etag"] == "1"
    with Image.open(first.path) as image:
        assert (image.format, image.size) == ("JPEG", (3600, 20))
    gone = str(tmp_path / "gone.tif")
    assert isinstance(whole.answer(gone, strip[1], 6400, {}), FileResponse)
    refused = whole.answer(gone, "0" * 64, 6400, {})
    assert isinstance(refused, Refusal) and refused.reason == Reason.VANISHED


def test_what_was_looked_at_longest_ago_goes_first(
    whole: WholeSize, strip: tuple[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for age, name in enumerate(("new", "old")):
        (kept / f"{name}-6400.jpg").write_bytes(bytes(5000))
        seen = 1_700_000_000 - age
        os.utime(kept / f"{name}-6400.jpg", (seen, seen))
    whole.answer(*strip, 6400, {})
    assert {path.name for path in kept.iterdir()} == {f"{strip[1]}-6400.jpg", "new-6400.jpg"}


def test_where_nothing_can_be_kept_the_picture_is_still_shown(tmp_path: Path, strip: tuple[str, str]) -> None:
    (tmp_path / "file").write_text("no directory")
    made = rendered_into(str(tmp_path / "file" / "kept.jpg"), *strip, 6400, ImageLimits())
    assert isinstance(made, bytes)
    assert Image.open(io.BytesIO(made)).size == (3600, 20)


def test_more_callers_than_may_wait_are_told_to_come_again(
    whole: WholeSize, strip: tuple[str, str], tmp_path: Path
) -> None:
    slow = tmp_path / "slow.tif"
    os.mkfifo(slow)
    with ThreadPoolExecutor(MOST_WAITING + 1) as callers:
        asked = [callers.submit(whole.answer, str(slow), strip[1], 6400, {}) for _ in range(MOST_WAITING + 1)]
        # Nobody is answered before the file comes, but the one for whom there is no room.
        (first,), others = wait(asked, 30, return_when=FIRST_COMPLETED)
        assert isinstance(first.exception(), Overloaded)
        slow.write_bytes(Path(strip[0]).read_bytes())
        assert all(isinstance(other.result(60), FileResponse) for other in others)


def test_what_was_being_written_when_a_process_died_is_gone_after_the_next_start(
    whole: WholeSize, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "x-6400.jpg.12.part").write_bytes(b"half")
    whole.clear()
    assert list((tmp_path / "kept").iterdir()) == []

"""Reading a file that may be anything, and preparing a content once."""

import os
from pathlib import Path

import pytest
from tests.pictures import encoded, exif, picture, shapes

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images import hashing, perceptual, thumbnails
from pinakes.ingest.steps import Prepared, prepare, read_whole

LIMITS = ImageLimits()


def reason(path: Path, limits: ImageLimits = LIMITS) -> Reason:
    read = read_whole(str(path), limits)
    assert isinstance(read, Refusal)
    assert read.detail.endswith(".")
    return read.reason


def test_a_picture_is_read_whole_with_its_status(tmp_path: Path) -> None:
    path = picture(tmp_path / "1.jpg")
    read = read_whole(str(path), LIMITS)
    assert not isinstance(read, Refusal)
    assert read == (path.read_bytes(), path.stat())


def test_a_link_is_not_followed_even_where_the_walk_saw_a_file(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(picture(tmp_path / "1.jpg"))
    assert reason(tmp_path / "link.jpg") is Reason.UNREADABLE


@pytest.mark.timeout(10)
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert reason(tmp_path / "pipe.jpg") is Reason.SPECIAL_FILE


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone.jpg") is Reason.VANISHED


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    path = picture(tmp_path / "1.jpg")
    path.chmod(0)
    assert reason(path) is Reason.PERMISSION_DENIED


def test_a_text_is_no_picture_and_a_text_called_jpg_is_left_to_the_decoder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    (tmp_path / "notes.jpg").write_text("words")
    assert reason(tmp_path / "notes.txt") is Reason.NOT_A_PICTURE
    assert not isinstance(read_whole(str(tmp_path / "notes.jpg"), LIMITS), Refusal)


def test_a_picture_without_a_suffix_is_one(tmp_path: Path) -> None:
    assert not isinstance(read_whole(str(picture(tmp_path / "IMG_0001")), LIMITS), Refusal)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    assert reason(picture(tmp_path / "1.jpg"), ImageLimits(max_bytes=64)) is Reason.TOO_MANY_BYTES


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(tmp_path / "1.jpg")
    real, looks = os.fstat, []

    def grown(handle: int) -> os.stat_result:
        looks.append(handle)
        if len(looks) == 2:
            with path.open("ab") as file:
                file.write(b"more")
        return real(handle)

    monkeypatch.setattr(os, "fstat", grown)
    assert reason(path) is Reason.CHANGED


def test_a_file_that_says_no_size_is_never_taken_for_whole() -> None:
    assert reason(Path("/proc/self/status")) in (Reason.NOT_A_PICTURE, Reason.CHANGED)


def test_what_is_learned_of_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(
        encoded(
            shapes(1, 300, 500), exif=exif(Orientation=6, Model="Box", DateTimeOriginal="2024:05:01 10:00:00")
        )
    )
    prepared = prepare(str(path), hashing.sha256(path.read_bytes()), LIMITS)
    assert isinstance(prepared, Prepared)
    facts = prepared.facts
    assert (facts["format"], facts["width"], facts["height"], facts["frames"]) == ("JPEG", 300, 500, 1)
    assert facts["bytes"] == path.stat().st_size
    assert facts["metadata"]["camera"] == "Box"
    assert facts["taken_at"] == 1714557600.0
    assert len(facts["perceptual_hash"]) == perceptual.HASH_BYTES
    assert thumbnails.decode(prepared.thumbnail).shape == (384, 230, 3)


def test_a_file_that_changed_since_its_content_was_named_is_refused(tmp_path: Path) -> None:
    path = picture(tmp_path / "1.jpg", 1)
    before = hashing.sha256(path.read_bytes())
    picture(path, 2)
    refused = prepare(str(path), before, LIMITS)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.CHANGED


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", Reason.EMPTY), (b"words", Reason.DAMAGED), (encoded(shapes(1))[:3000], Reason.TRUNCATED)],
)
def test_a_bad_picture_is_refused_with_a_reason(tmp_path: Path, content: bytes, expected: Reason) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    refused = prepare(str(path), hashing.sha256(content), LIMITS)
    assert isinstance(refused, Refusal)
    assert refused.reason is expected

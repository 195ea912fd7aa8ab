import os
from pathlib import Path

import pytest

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.search.shared.image_root import ImageRoot, OutsideRoot


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A root with a file, beside a directory that is none of its business."""
    (tmp_path / "root" / "1").mkdir(parents=True)
    (tmp_path / "root" / "1" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "rootless").mkdir()
    (tmp_path / "rootless" / "secret.jpg").write_bytes(b"secret")
    return tmp_path


@pytest.fixture
def root(place: Path) -> ImageRoot:
    return ImageRoot(place / "root", ImageLimits(max_bytes=100))


@pytest.mark.parametrize("path", ["1/cat.jpg", "./1/../1/cat.jpg", "1//cat.jpg"])
def test_a_file_below_the_root_is_read(root: ImageRoot, path: str) -> None:
    assert root.read(path) == b"cat"


def test_an_absolute_path_is_read_if_it_is_below(root: ImageRoot, place: Path) -> None:
    assert root.read(str(place / "root/1/cat.jpg")) == b"cat"


@pytest.mark.parametrize(
    "path", ["../rootless/secret.jpg", "1/../../rootless/secret.jpg", "/etc/passwd", "..", "/"]
)
def test_nothing_outside_is_read(root: ImageRoot, path: str) -> None:
    with pytest.raises(OutsideRoot):
        root.read(path)


def test_a_directory_whose_name_only_begins_like_the_root_is_outside(root: ImageRoot, place: Path) -> None:
    with pytest.raises(OutsideRoot):
        root.read(str(place / "rootless/secret.jpg"))


def test_links_are_followed_as_long_as_they_stay_below(root: ImageRoot, place: Path) -> None:
    (place / "root/alias.jpg").symlink_to(place / "root/1/cat.jpg")
    assert root.read("alias.jpg") == b"cat"


@pytest.mark.parametrize("link", ["file", "directory", "chain"])
def test_links_out_of_the_root_are_not(root: ImageRoot, place: Path, link: str) -> None:
    (place / "root/file").symlink_to(place / "rootless/secret.jpg")
    (place / "root/directory").symlink_to(place / "rootless")
    (place / "root/chain").symlink_to("file")
    with pytest.raises(OutsideRoot):
        root.read("directory/secret.jpg" if link == "directory" else link)


def test_a_root_that_is_a_link_is_the_directory_it_leads_to(place: Path) -> None:
    (place / "link").symlink_to(place / "root")
    assert ImageRoot(place / "link", ImageLimits()).read("1/cat.jpg") == b"cat"


def test_what_cannot_be_read_is_refused_with_its_reason(root: ImageRoot, place: Path) -> None:
    (place / "root/large.jpg").write_bytes(b"x" * 101)
    os.mkfifo(place / "root/pipe.jpg")
    (place / "root/loop").symlink_to("loop")
    expected = {
        "1": Reason.SPECIAL_FILE,
        "pipe.jpg": Reason.SPECIAL_FILE,
        "large.jpg": Reason.TOO_MANY_BYTES,
        "none.jpg": Reason.VANISHED,
        "1/cat.jpg/more": Reason.VANISHED,
        "a\0b": Reason.VANISHED,
        "": Reason.VANISHED,
        "x" * 300: Reason.UNREADABLE,
        "x" * 5000: Reason.VANISHED,
    }
    for path, reason in expected.items():
        read = root.read(path)
        assert isinstance(read, Refusal), path
        assert read.reason is reason, path
    assert isinstance(root.read("loop"), Refusal)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(root: ImageRoot, place: Path) -> None:
    (place / "root/1/cat.jpg").chmod(0)
    read = root.read("1/cat.jpg")
    assert isinstance(read, Refusal)
    assert read.reason is Reason.PERMISSION_DENIED

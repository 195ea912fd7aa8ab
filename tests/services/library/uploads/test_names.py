"""Names that files get, whatever their senders call them."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.services.library.uploads.names import LONGEST, NAMELESS, fitted, numbered, suffix_of


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("IMG_1.JPG", "IMG_1.JPG"),
        ("Köln am Rhein.heic", "Köln am Rhein.heic"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/absolute/name.jpg", "name.jpg"),
        (".hidden.jpg", "hidden.jpg"),
        ("..", NAMELESS),
        ("", NAMELESS),
        ("a/", NAMELESS),
        ("nul\0byte.jpg", "nulbyte.jpg"),
        ("two\nlines.jpg", "twolines.jpg"),
        ("looks like a \u202egpj.exe", "looks like a gpj.exe"),
        ("what? a <b>.jpg", "what_ a _b_.jpg"),
        ("ends in dots.jpg. . .", "ends in dots.jpg"),
        ("lone \udcff surrogate.png", "lone  surrogate.png"),
    ],
)
def test_a_name_becomes_one_part_of_a_path(given_name: str, kept: str) -> None:
    assert fitted(given_name) == kept


@given(st.text(alphabet=st.characters(), max_size=400))
def test_every_name_fits_and_fits_again(name: str) -> None:
    kept = fitted(name)
    assert kept and "/" not in kept and "\0" not in kept and not kept.startswith(".")
    assert len(kept.encode()) <= LONGEST + 12
    assert fitted(kept) == kept


def test_a_long_name_keeps_its_suffix() -> None:
    kept = fitted("ä" * 300 + ".jpeg")
    assert suffix_of(kept) == ".jpeg" and len(kept.encode()) <= LONGEST


def test_names_are_numbered_before_the_suffix() -> None:
    assert list(islice(numbered("a.b.jpg"), 3)) == ["a.b.jpg", "a.b (2).jpg", "a.b (3).jpg"]

"""What IPTC's older form says."""

from hypothesis import given
from hypothesis import strategies as st
from tests.blocks import data_set

from pinakes.images.metadata import iptc


def fields(block: bytes) -> dict[str, object]:
    return {name: told.value for name, told in iptc.read(block).layer.items()}


def test_words_keywords_and_names() -> None:
    block = data_set(5, b"Harbour") + data_set(25, b"sea") + data_set(25, b"boat") + data_set(80, b"Ann")
    assert fields(block) == {"title": "Harbour", "keywords": ["sea", "boat"], "artist": "Ann"}


def test_texts_in_the_named_character_set_and_without_one() -> None:
    named = data_set(90, b"\x1b%G", record=1) + data_set(5, "Grüße".encode())
    assert fields(named)["title"] == "Grüße"
    assert fields(data_set(5, "Grüße".encode()))["title"] == "Grüße"
    assert fields(data_set(5, "Grüße €".encode("cp1252")))["title"] == "Grüße €"


def test_a_date_with_and_without_its_time() -> None:
    moment, tag = iptc.read(data_set(55, b"20240501") + data_set(60, b"100030+0200")).moments["created_at"]
    assert (moment.written, tag) == ("2024-05-01T10:00:30+02:00", "IPTC:DateCreated")
    moment, _ = iptc.read(data_set(55, b"20240501")).moments["created_at"]
    assert moment.written == "2024-05-01"


def test_a_block_cut_off_tells_what_it_told_until_there() -> None:
    block = data_set(5, b"Harbour") + data_set(120, b"A long caption")
    assert fields(block[:-3]) == {"title": "Harbour"}


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(block: bytes) -> None:
    iptc.read(block)
    iptc.read(data_set(5, b"x") + b"\x1c" + block)

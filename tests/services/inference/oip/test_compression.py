import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest, Overloaded, TooLarge, UnsupportedMedia
from pinakes.services.inference.oip.compression import CODINGS, coding_for, packed, unpacked


def free(_nbytes: int) -> None:
    """Let everything in."""


@given(st.binary(max_size=5000), st.sampled_from(CODINGS))
def test_what_is_packed_is_unpacked(body: bytes, coding: str) -> None:
    assert unpacked(packed(body, coding), coding, most=10_000, grow=free) == body


def test_bodies_of_the_standard_library_are_taken() -> None:
    body = b"x" * 3_000_000
    assert unpacked(gzip.compress(body), "gzip", most=len(body), grow=free) == body
    assert unpacked(zlib.compress(body), " Deflate", most=len(body), grow=free) == body
    assert unpacked(body, "identity", most=0, grow=free) == body


def test_a_bomb_is_refused_before_it_has_grown() -> None:
    grown: list[int] = []
    with pytest.raises(TooLarge, match="2,000,000"):
        unpacked(gzip.compress(bytes(50_000_000)), "gzip", most=2_000_000, grow=grown.append)
    assert sum(grown) < 2_000_000


def test_what_comes_out_is_counted_by_the_door_that_let_it_in() -> None:
    grown: list[int] = []
    body = gzip.compress(bytes(3_000_000))
    unpacked(body, "gzip", most=10**7, grow=grown.append)
    assert sum(grown) == 3_000_000 - len(body)

    def full(_nbytes: int) -> None:
        raise Overloaded("Full.", retry_after=1)

    with pytest.raises(Overloaded):
        unpacked(body, "gzip", most=10**7, grow=full)


@pytest.mark.parametrize(
    ("body", "coding", "error"),
    [
        (b"plain", "gzip", InvalidRequest),
        (gzip.compress(b"x" * 100, mtime=0)[:-10], "gzip", InvalidRequest),  # a time would be in its name
        (b"", "deflate", InvalidRequest),
        (b"", "br", UnsupportedMedia),
    ],
)
def test_what_is_not_the_coding_is_refused(body: bytes, coding: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        unpacked(body, coding, most=1000, grow=free)


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("br", ""),
        ("gzip, deflate", ""),  # what libraries send of their own accord
        ("gzip, deflate, br, zstd", ""),
        ("gzip, deflate, identity;q=0", "gzip"),
        ("deflate, *;q=0", "deflate"),
        ("gzip;q=much", "gzip"),
    ],
)
def test_answers_are_compressed_for_those_who_ask_for_it(accept: str, coding: str) -> None:
    assert coding_for(accept) == coding

"""Moments in every form in which sources write them, and offsets from UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.images.metadata import moments


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024:05:01 10:00:30", "2024-05-01T10:00:30"),
        ("2024-05-01T10:00:30", "2024-05-01T10:00:30"),
        ("2024-05-01T10:00", "2024-05-01T10:00:00"),
        ("2024-05-01T10:00:30.25+02:00", "2024-05-01T10:00:30.250+02:00"),
        ("2024-05-01T10:00:30.123456Z", "2024-05-01T10:00:30.123456+00:00"),
        ("20240501T100030-0330", "2024-05-01T10:00:30-03:30"),
        ("2024-05-01", "2024-05-01"),
        ("20240501", "2024-05-01"),
        ("2024:05:01 10:00:60", "2024-05-01T10:00:59"),
        ("1923:05:01 10:00:00", "1923-05-01T10:00:00"),
    ],
)
def test_forms_that_are_read(text: str, written: str) -> None:
    moment = moments.parsed(text)
    assert moment is not None
    assert moment.written == written


@pytest.mark.parametrize(
    "text", ["", "0000:00:00 00:00:00", "2023:02:29 10:00:00", "9999:01:01 00:00:00", "May"]
)
def test_what_is_no_moment(text: str) -> None:
    assert moments.parsed(text) is None


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("IMG_20240501_100030.jpg", "2024-05-01T10:00:30"),
        ("PXL_20240501_100030123.MP.jpg", "2024-05-01T10:00:30.123"),
        ("2024-05-01 10.00.30.jpg", "2024-05-01T10:00:30"),
        ("Screenshot 2024-05-01 at 10.00.30.png", "2024-05-01T10:00:30"),
        ("Screenshot_20240501-100030_Maps.jpg", "2024-05-01T10:00:30"),
        ("signal-2024-05-01-100030.jpg", "2024-05-01T10:00:30"),
        ("20240501100030.jpg", "2024-05-01T10:00:30"),
        ("IMG-20240501-WA0007.jpg", "2024-05-01"),
        ("Beach 2024-05-01.jpg", "2024-05-01"),
    ],
)
def test_names_that_hold_a_moment(name: str, written: str) -> None:
    moment = moments.named(name)
    assert moment is not None
    assert moment.written == written


@pytest.mark.parametrize("name", ["IMG_0001.jpg", "120240501.jpg", "20249901_100000.jpg", "1999.jpg", ""])
def test_names_that_hold_none(name: str) -> None:
    assert moments.named(name) is None


def test_an_offset_is_guessed_from_two_clocks_within_three_minutes_of_a_quarter() -> None:
    utc = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)
    assert moments.offset_between(datetime(2024, 5, 1, 10, 2), utc) == "+02:00"
    assert moments.offset_between(datetime(2024, 5, 1, 13, 44), utc) == "+05:45"
    assert moments.offset_between(datetime(2024, 5, 1, 10, 7), utc) == ""
    assert moments.offset_between(datetime(2024, 5, 3, 10, 0), utc) == ""


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+02:00", "+02:00"),
        ("-0330", "-03:30"),
        ("Z", "+00:00"),
        ("UTC+05:45", "+05:45"),
        ("+2", ""),
        ("+99:00", ""),
        ("   :  ", ""),
    ],
)
def test_offsets(text: str, offset: str) -> None:
    assert moments.offset_of(text) == offset


@given(st.datetimes(datetime(1800, 1, 1), datetime(2200, 12, 31)), st.integers(-14 * 4, 14 * 4))
def test_what_is_written_is_read_again(wall: datetime, quarters: int) -> None:
    offset = moments.written_offset(timedelta(minutes=15 * quarters))
    moment = moments.Moment(wall, offset, fraction=wall.microsecond > 0)
    assert moments.parsed(moment.written) == moment


@given(st.text(max_size=300))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moments.parsed(text)
    moments.named(text)
    moments.offset_of(text)

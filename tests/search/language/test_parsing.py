"""What a line of text asks, and where it is pointed at when it asks nothing."""

import re
import time
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest, NotUnderstood, PinakesError, TooLarge
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.search.language import parsed
from pinakes.search.question import Picture, Question, Region, Term

CONTENT = "ab" * 32

#: A Saturday.
NOW = datetime(2026, 11, 21, 15, 30)


def day(text: str) -> float:
    return datetime.fromisoformat(f"{text}T00:00:00+00:00").timestamp()


def where(text: str) -> Filter | None:
    asked = parsed(text, now=NOW)
    assert asked.terms == asked.below == ()
    return asked.where


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("sunset at the beach", (Term(words="sunset at the beach"),)),
        ("  sunset \t at\n", (Term(words="sunset at"),)),
        ("sunset tag:x beach", (Term(words="sunset beach"),)),
        ("sunset -people", (Term(words="sunset"), Term(-1, "people"))),
        ("sunset not people", (Term(words="sunset"), Term(-1, "people"))),
        ("beach - sunset + dog", (Term(words="beach"), Term(-1, "sunset"), Term(1, "dog"))),
        ("-(red car) beach", (Term(words="beach"), Term(-1, "red car"))),
        ("(red car)^2 beach^0.5", (Term(2, "red car"), Term(0.5, "beach"))),
        ("(red car) beach", (Term(words="red car beach"),)),
        ("+red +car", (Term(1, "red"), Term(1, "car"))),
        ("-dog^3", (Term(-3, "dog"),)),
        ("-(-dog)", (Term(1, "dog"),)),
        ('"red  car"', (Term(1, "red car", literal=True),)),
        ("“red car”^2", (Term(2, "red car", literal=True),)),
        ("„rotes Auto“", (Term(1, "rotes Auto", literal=True),)),
        ('-"red car"', (Term(-1, "red car", literal=True),)),
        ('"say \\"cheese\\""', (Term(1, 'say "cheese"', literal=True),)),
        ("cats or dogs and mice", (Term(words="cats or dogs and mice"),)),
        ("cat or", (Term(words="cat or"),)),
        ("tag:a or", (Term(words="or"),)),
        ("or and not", (Term(words="or and not"),)),
        ("to be or \\not to be", (Term(words="to be or not to be"),)),
        ("black-and-white x-ray", (Term(words="black-and-white x-ray"),)),
        ("12:30 note: this", (Term(words="12:30 note: this"),)),
        ("http\\://x.org \\(a\\) \\-b", (Term(words="http://x.org (a) -b"),)),
        ("like:asset:7", (Term(picture=Picture(asset=7)),)),
        ("like:7", (Term(picture=Picture(asset=7)),)),
        (f"like:{CONTENT.upper()}", (Term(picture=Picture(sha256=CONTENT)),)),
        ("-like:asset:7^2", (Term(-2, picture=Picture(asset=7)),)),
        (
            "like:asset:7@0.1,.2,0.5,0.25^3",
            (Term(3, picture=Picture(asset=7, region=Region(0.1, 0.2, 0.5, 0.25))),),
        ),
        ("a\\ b", (Term(words="a\\ b"),)),
        ("beach^2^3", (Term(3, "beach^2"),)),
        ("海辺 🎉", (Term(words="海辺 🎉"),)),
    ],
)
def test_words_and_pictures_are_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert parsed(text, now=NOW).terms == terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:a", Match("tags", ("a",))),
        ("TAG:Family", Match("tags", ("family",))),
        ("tag:a,b", Match("tags", ("a", "b"))),
        ('tag:"a, b",c', Match("tags", ("a, b", "c"))),
        ("tag:a tag:b", And((Match("tags", ("a",)), Match("tags", ("b",))))),
        ("tag:a and tag:b", And((Match("tags", ("a",)), Match("tags", ("b",))))),
        ("tag:a or tag:b", Or((Match("tags", ("a",)), Match("tags", ("b",))))),
        ("tag:a OR tag:b or tag:c", Or(tuple(Match("tags", (word,)) for word in "abc"))),
        ("-tag:a", Not(Match("tags", ("a",)))),
        ("not tag:a", Not(Match("tags", ("a",)))),
        ("+tag:a", Match("tags", ("a",))),
        (
            "tag:a tag:b or -tag:c",
            And((Match("tags", ("a",)), Or((Match("tags", ("b",)), Not(Match("tags", ("c",))))))),
        ),
        (
            "(tag:a tag:b) or tag:c",
            Or((And((Match("tags", ("a",)), Match("tags", ("b",)))), Match("tags", ("c",)))),
        ),
        ("-(tag:a tag:b)", Not(And((Match("tags", ("a",)), Match("tags", ("b",)))))),
        ("(tag:a)", Match("tags", ("a",))),
        ("type:JPG,png", Match("type", ("jpeg", "png"))),
        ("camera:Canon", Match("camera", ("canon",))),
        ("is:portrait", Match("shape", ("portrait",))),
        ("has:gps", Known("latitude")),
        ("-has:tag,rating", Not(Or((Known("tags"), Known("rating"))))),
        ("rating:5", Match("rating", (5,))),
        ("rating:3,5", Match("rating", (3, 5))),
        ("rating:>=4", Range("rating", gte=4)),
        ("rating:2..4", Range("rating", gte=2, lte=4)),
        ("rating:..2,5", Or((Range("rating", lte=2), Match("rating", (5,))))),
        ("width:>=4000", Range("width", gte=4000)),
        ("width:<100px", Range("width", lt=100)),
        ("size:>2MP", Range("pixels", gt=2e6)),
        ("size:12mp", Range("pixels", gte=11.5e6, lt=12.5e6)),
        ("size:1.5MB", Range("bytes", gte=1.45e6, lt=1.55e6)),
        ("size:2..5MB", Range("bytes", gte=2e6, lte=5e6)),
        ("bytes:<1MiB", Range("bytes", lt=2**20)),
        ("bytes:77", Match("bytes", (77,))),
        ("latitude:-10.5..3", Range("latitude", gte=-10.5, lte=3)),
        ("asset:5", Match("asset", (5,))),
    ],
)
def test_conditions_are_filters(text: str, expected: Filter) -> None:
    assert where(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2019", "2019-01-01", "2020-01-01"),
        ("2019-06", "2019-06-01", "2019-07-01"),
        ("2019-12", "2019-12-01", "2020-01-01"),
        ("2020-02-29", "2020-02-29", "2020-03-01"),
        ("2019-06..2019-08", "2019-06-01", "2019-09-01"),
        ("2019..2019-02", "2019-01-01", "2019-03-01"),
        ("today", "2026-11-21", "2026-11-22"),
        ("yesterday", "2026-11-20", "2026-11-21"),
        ("this-week", "2026-11-16", "2026-11-23"),
        ("last-week", "2026-11-09", "2026-11-16"),
        ("this-month", "2026-11-01", "2026-12-01"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("this-year", "2026-01-01", "2027-01-01"),
        ("Last-Year", "2025-01-01", "2026-01-01"),
        ("last-7-days", "2026-11-14", "2026-11-22"),
        ("last-2-weeks", "2026-11-07", "2026-11-22"),
        ("last-9-months", "2026-02-21", "2026-11-22"),
        ("last-1-year", "2025-11-21", "2026-11-22"),
        ("2019..today", "2019-01-01", "2026-11-22"),
    ],
)
def test_dates_are_spans(text: str, first: str, after: str) -> None:
    assert where(f"date:{text}") == Range("taken_at", gte=day(first), lt=day(after))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">=2019-06", Range("taken_at", gte=day("2019-06-01"))),
        (">2019-06", Range("taken_at", gte=day("2019-07-01"))),
        ("<2019-06", Range("taken_at", lt=day("2019-06-01"))),
        ("<=2019-06", Range("taken_at", lt=day("2019-07-01"))),
        ("2019..", Range("taken_at", gte=day("2019-01-01"))),
        ("..2019", Range("taken_at", lt=day("2020-01-01"))),
        ("2019-06-01T12", Range("taken_at", gte=day("2019-06-01") + 43200, lt=day("2019-06-01") + 46800)),
        ("2019-06-01T12:30", Range("taken_at", gte=day("2019-06-01") + 45000, lt=day("2019-06-01") + 45060)),
        ("1901", Range("taken_at", gte=day("1901-01-01"), lt=day("1902-01-01"))),
        ("@1.5", Range("taken_at", gte=1.5, lte=1.5)),
        (">@1.5", Range("taken_at", gt=1.5)),
        (
            "2019,2021",
            Or(
                tuple(
                    Range("taken_at", gte=day(f"{y}-01-01"), lt=day(f"{y + 1}-01-01")) for y in (2019, 2021)
                )
            ),
        ),
    ],
)
def test_dates_are_compared_whole(text: str, expected: Filter) -> None:
    assert where(f"date:{text}") == expected


def test_months_that_are_too_short_end_with_their_last_day() -> None:
    asked = parsed("date:last-1-month", now=datetime(2026, 3, 31)).where
    assert asked == Range("taken_at", gte=day("2026-02-28"), lt=day("2026-04-01"))


def test_near_is_a_square_also_across_the_line_of_dates_and_at_a_pole() -> None:
    north, across = where("near:60,10,111.195km").conditions  # type: ignore[union-attr]
    assert (north.gte, north.lte) == pytest.approx((59, 61))
    assert (across.gte, across.lte) == pytest.approx((10 - 2.0627, 10 + 2.0627), abs=1e-3)
    _, across = where("near:0,179.9,50").conditions  # type: ignore[union-attr]
    assert isinstance(across, Or)
    east, west = across.conditions
    assert (east.gte, west.lte) == pytest.approx((179.45, -179.65), abs=0.01)  # type: ignore[union-attr]
    north, across = where("near:-89.99,0,50km").conditions  # type: ignore[union-attr]
    assert across == Known("longitude") and north.gte == -90


def test_folders_stand_by_themselves() -> None:
    asked = parsed('sea folder:a/B in:"My pictures",a/B', now=NOW)
    assert asked == Question((Term(words="sea"),), None, ("a/B", "My pictures"))


def test_a_camera_is_every_camera_of_that_name_where_the_library_is_asked() -> None:
    def values(name: str, typed: str) -> list[str]:
        assert name == "camera"
        return [known for known in ("canon eos 5d", "canon eos r", "x100") if known.startswith(typed)]

    def cameras(text: str) -> Any:
        return parsed(text, values=values).where

    assert cameras('camera:"Canon EOS"') == Match("camera", ("canon eos 5d", "canon eos r"))
    assert cameras("camera:canon,nikon") == Match("camera", ("canon eos 5d", "canon eos r", "nikon"))
    assert cameras("camera:=canon") == Match("camera", ("canon",))


@pytest.mark.parametrize(
    ("text", "said", "start", "end"),
    [
        ("sea camra:x", "camra.*camera:", 4, 9),
        ("http://x.org", "http.*Quotation marks", 0, 4),
        ("beach :)", "closes nothing", 7, 8),
        ("a) b", "closes nothing", 1, 2),
        ("(tag:a", "never closed", 0, 1),
        ("x ()", "nothing in", 2, 4),
        ('x "open', "is open", 2, 7),
        ('x ""', "nothing in", 2, 4),
        ("tag: x", "without a space", 0, 4),
        ('tag:""', "1 to 512", 4, 6),
        ("tag:a,,b", "1 to 512", 6, 6),
        ("date:2019-13", "of the calendar", 5, 12),
        ("date:2019-02-29", "of the calendar", 5, 15),
        ("date:9999", "of the calendar", 5, 9),
        ("date:soon", "no date.*today", 5, 9),
        ("date:2019..soon", "no date", 11, 15),
        ("date:2020..2019", "ends before", 5, 15),
        ("date:..", "at least one end", 5, 7),
        ("size:4", "unit is missing.*mp", 5, 6),
        ("size:>2XB", "“XB”", 6, 9),
        ("size:1MP..2MB", "not of both", 5, 13),
        ("rating:many", "no number", 7, 11),
        ("rating:4.5", "whole number", 7, 10),
        ("width:5..2", "ends before", 6, 10),
        ("width:1e999", "too large", 6, 11),
        ("tag:a or cat", "this is none", 9, 12),
        ("cat or tag:a", "this is none", 0, 3),
        ("folder:x or tag:a", "this is none", 0, 8),
        ('"x" or tag:a', "this is none", 0, 3),
        ("-folder:x", "left out", 0, 9),
        ("-(a tag:b)", "several things", 2, 9),
        ("(a tag:b)^2", "several things", 1, 8),
        ("(a^2)^2", "one already", 1, 4),
        ("tag:a^2", "conditions have none", 0, 5),
        ("a^0", "from 0.001 to 100", 1, 3),
        ("a^1000", "from 0.001 to 100", 1, 6),
        ("beach -", "Nothing follows", 6, 7),
        ("is:round", "portrait, landscape", 3, 8),
        ("has:legs", "gps", 4, 8),
        ("near:48", "a latitude", 5, 7),
        ("near:91,0", "-90 to 90", 5, 7),
        ("near:1,1,-5km", "more than 0", 9, 13),
        ("like:foo", "no picture", 5, 8),
        ("like:asset:7@0,0,1", "region", 5, 14),
        ("like:asset:7@0.5,0,0.6,1", "region", 5, 16),
        ("folder:", "without a space", 0, 7),
        ("x\0y", "no text", 1, 2),
        ("x\ud800y", "no text", 1, 2),
        ("((((((((((a))))))))))", "nested", 8, 9),
        ("-" * 30 + "a", "nested", 8, 9),
    ],
)
def test_what_does_not_parse_is_pointed_at(text: str, said: str, start: int, end: int) -> None:
    with pytest.raises(NotUnderstood) as told:
        parsed(text, now=NOW)
    assert re.search(said, told.value.sentence, re.DOTALL)
    assert (told.value.start, told.value.end) == (start, end)
    assert f"at character {start + 1}" in str(told.value)


def test_the_pointer_shows_the_line_with_carets_below_the_place() -> None:
    with pytest.raises(NotUnderstood) as told:
        parsed("sea camra:x date:2019")
    assert told.value.pointer == "sea camra:x date:2019\n    ^^^^^"
    with pytest.raises(NotUnderstood) as told:
        parsed("word " * 100 + "camra:x " + "word " * 100)
    line, carets = told.value.pointer.split("\n")
    assert len(line) == 80 and line[carets.index("^") :].startswith("camra:x")


def test_a_search_has_bounds() -> None:
    for long in ("x" * 2**20, "tag:" + "y" * 2**20, '"' * 2**20, "(" * 2**20, "a " * 1500):
        began = time.thread_time()
        with pytest.raises(TooLarge):
            parsed(long)
        assert time.thread_time() - began < 1
    for many in ("+a " * 33, "like:1 " * 40, "folder:" + ",".join(map(str, range(70))), "tag:a " * 300):
        with pytest.raises(InvalidRequest):
            parsed(many)
    assert len(parsed("tag:a or " * 200 + "tag:a").where.conditions) == 201  # type: ignore[union-attr]


@given(st.text(alphabet=st.sampled_from(list(' ()"“”-+^:,.\\@=<>ta2019orndlikeg\0é')), max_size=40))
def test_any_line_is_a_question_or_is_refused_in_our_words(text: str) -> None:
    try:
        assert isinstance(parsed(text, now=NOW), Question)
    except PinakesError as error:
        if isinstance(error, NotUnderstood):
            assert 0 <= error.start <= error.end <= len(text)
            assert error.pointer.count("\n") == 1

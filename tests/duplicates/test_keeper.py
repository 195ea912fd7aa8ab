"""Who is kept, and the sentence that says why."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Tier
from pinakes.duplicates.keeper import DEFAULT_RULES, RULES, Rule, choose, parse_rules
from pinakes.duplicates.types import Asset


def asset(path: str = "/p/a.jpg", **facts: Any) -> Asset:
    plain = Asset(path, "/p", "0" * 64, 1000, 400, 300, "JPEG", 10**18, "1", "1")
    return replace(plain, **facts)


def kept(rules: str, *assets: Asset, references: tuple[str, ...] = ()) -> tuple[str, str]:
    choice = choose(assets, parse_rules(rules), references)
    return choice.keep.path, choice.why


def test_rules_are_read_as_they_are_written() -> None:
    text = "reference,path:*/Originals/*,not-path:/p/Downloads,pixels,format,exif,bytes,date,name"
    rules = parse_rules(text)
    assert ",".join(map(str, rules)) == text
    assert rules[1] == Rule("path", "*/Originals/*")
    assert parse_rules(" Pixels , name ") == (Rule("pixels"), Rule("name"))


@pytest.mark.parametrize("text", ["sizee", "pixels,nmae", "pixels;name"])
def test_an_unknown_rule_is_named_with_the_known_ones(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_rules(text)
    assert text.split(",")[-1] in str(refused.value)
    assert all(name in refused.value.remedy for name in RULES)


@pytest.mark.parametrize(
    ("rule", "preferred", "other", "says"),
    [
        ("named:img_*", "/p/x/IMG_1.jpg", "/IMG_/a.jpg", "is named as img_*"),
        ("not-named:*edit*", "/p/edits/a.jpg", "/p/a-edit.jpg", "is not named as *edit*"),
        ("no-copy", "/p/long/holiday.jpg", "/p/a (1).jpg", "is not named as a copy: a (1).jpg is"),
        ("no-copy", "/p/long/copyright.jpg", "/p/a - Copy (2).jpg", "is not named as a copy"),
        ("no-copy", "/p/long/photo (2019).jpg", "/p/Copy of a.jpg", "is not named as a copy"),
        ("no-copy", "/p/long/photocopy.jpg", "/p/a_kopie.jpg", "is not named as a copy"),
    ],
)
def test_names_decide_by_themselves_without_their_folders(
    rule: str, preferred: str, other: str, says: str
) -> None:
    path, why = kept(rule, asset(other), asset(preferred))
    assert path == preferred
    assert says in why


def test_one_format_may_be_preferred_to_all_others() -> None:
    heif, raw = asset("/p/b.heic", format="HEIF"), asset("/p/a.dng", format="DNG")
    assert kept("format", heif, raw)[0] == "/p/a.dng"
    assert kept("format:heif", heif, raw) == ("/p/b.heic", "Kept because it is a HEIF: HEIF against DNG.")


@pytest.mark.parametrize("text", ["path", "path:", "pixels:4", "name:", "", " , ", "named", "format:"])
def test_a_pattern_belongs_to_the_rules_that_take_one(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_rules(text)


def test_the_most_pixels_win_and_the_sentence_says_how_many() -> None:
    large = asset("/p/large.jpg", width=4000, height=3000)
    small = asset("/p/s.jpg", width=1024, height=768)
    assert kept("pixels", small, large) == (
        "/p/large.jpg",
        "Kept because it has the most pixels: 4000×3000 against 1024×768.",
    )


def test_the_sentence_names_every_rule_that_decided_and_the_numbers_of_the_last() -> None:
    best = asset("/p/b.jpg", width=800, metadata_fields=45)
    others = asset("/p/c.jpg", width=800, metadata_fields=3), asset("/p/d.jpg")
    assert kept("pixels,exif", *others, best) == (
        "/p/b.jpg",
        "Kept because it has the most pixels, and of those has the most metadata: 45 fields against 3.",
    )


@pytest.mark.parametrize(
    ("rule", "wins", "loses", "says"),
    [
        ("bytes", {"bytes": 2048}, {}, "is the largest file: 2,048 bytes against 1,000"),
        ("smallest", {"bytes": 10}, {}, "is the smallest file: 10 bytes against 1,000"),
        ("format", {"format": "HEIF"}, {}, "has the better format: HEIF against JPEG"),
        ("format", {"format": "JPEG"}, {"format": "XYZ"}, "has the better format: JPEG against XYZ"),
        ("exif", {"metadata_fields": 2}, {}, "has the most metadata: 2 fields against 0"),
        ("camera", {"camera": "Leica M3"}, {}, "carries what the camera wrote: Leica M3 against nothing"),
        (
            "date",
            {"taken_at": 86400.0},
            {"taken_at": 86402.0, "mtime_ns": 5},
            "was taken first: 1970-01-02 00:00:00 against 1970-01-02 00:00:02",
        ),
        (
            "date",
            {"mtime_ns": 5 * 10**9},
            {"mtime_ns": 7 * 10**9, "taken_at": 1.0},
            "is the oldest file: 1970-01-01 00:00:05 against 1970-01-01 00:00:07",
        ),
        (
            "newest",
            {"mtime_ns": 6_000_000_500},
            {"mtime_ns": 6_000_000_000 - 500_000},
            "is the newest file: 1970-01-01 00:00:06 against 1970-01-01 00:00:05",
        ),
    ],
)
def test_each_rule_prefers_what_it_says(
    rule: str, wins: dict[str, Any], loses: dict[str, Any], says: str
) -> None:
    # By name alone the other one would be kept.
    winner, loser = asset("/p/zz-long.jpg", **wins), asset("/p/a.jpg", **loses)
    assert kept(rule, loser, winner) == (winner.path, f"Kept because it {says}.")


def test_dates_within_a_second_are_told_apart_in_the_sentence() -> None:
    first, second = asset("/p/b.jpg", mtime_ns=10**9 + 1000), asset("/p/a.jpg", mtime_ns=10**9 + 9000)
    assert kept("date", first, second)[1].endswith("00:00:01.000001 against 1970-01-01 00:00:01.000009.")


def test_moments_out_of_the_calendar_break_nothing() -> None:
    odd, even = asset("/p/a.jpg", mtime_ns=2**63 - 1), asset("/p/b.jpg", taken_at=1e300)
    assert "oldest file" in kept("date", odd, even)[1]
    taken = asset("/p/a.jpg", taken_at=-1e300), asset("/p/b.jpg", taken_at=1e300)
    assert "-1e+300 s against 1e+300 s" in kept("date", *taken)[1]


def test_references_are_preferred_where_the_rule_says_so() -> None:
    worse = asset("/master/a.jpg", width=10)
    better = asset("/p/a.jpg", width=1000)
    assert kept("reference,pixels", better, worse, references=("/master",))[0] == worse.path
    assert kept("pixels,reference", better, worse, references=("/master",))[0] == better.path
    # A folder whose name merely begins alike is another folder.
    assert kept("reference,pixels", better, worse, references=("/mast",))[0] == better.path


def test_paths_are_preferred_or_avoided_by_pattern_or_folder() -> None:
    inside, outside = asset("/p/Originals/2019/long-name.jpg"), asset("/p/x.jpg")
    for rules in ("path:*/Originals/*", "path:/p/Originals", "not-path:/p/x*"):
        assert kept(rules, outside, inside)[0] == inside.path


def test_equal_pixels_prefer_the_lossy_file_that_the_lossless_one_was_made_from() -> None:
    png, jpeg = asset("/p/a.png", format="PNG"), asset("/p/long-name.jpg", format="JPEG")
    assert choose([png, jpeg], DEFAULT_RULES).keep == png
    assert choose([png, jpeg], DEFAULT_RULES, tier=Tier.HASH).keep == png
    assert choose([png, jpeg], DEFAULT_RULES, tier=Tier.PIXELS).keep == jpeg


def test_by_default_a_conversion_that_lost_the_cameras_record_is_not_kept() -> None:
    original = asset("/p/IMG_1.jpg", camera="Pentax", taken_at=1.0, metadata_fields=40)
    screenshot = asset("/p/1.png", format="PNG", bytes=9_000_000)
    assert choose([screenshot, original], DEFAULT_RULES).keep == original


def test_when_all_else_is_equal_the_shortest_path_is_kept() -> None:
    copy, plain = asset("/p/a (1).jpg"), asset("/p/a.jpg")
    assert kept("pixels", copy, plain) == (
        plain.path,
        "Kept because it has the shortest path: 8 characters against 12.",
    )
    assert kept("name", asset("/p/b.jpg"), plain)[1] == (
        "Kept because it comes first in alphabetical order: before /p/b.jpg."
    )


def test_a_sentence_is_valid_text_whatever_the_names_are() -> None:
    strange = asset("/p/\udcff\n.jpg"), asset("/p/\udcfe\n.jpg")
    why = kept("name", *strange)[1]
    assert why.encode().decode() == why
    assert "\n" not in why
    assert r"before /p/\xff\n.jpg" in why


def test_one_asset_is_kept_and_none_is_refused() -> None:
    assert choose([asset()], DEFAULT_RULES).why == "Kept because there is no other."
    with pytest.raises(InvalidRequest):
        choose([], DEFAULT_RULES)


assets = st.lists(
    st.builds(
        asset,
        path=st.text("abc/", min_size=1, max_size=5).map(lambda name: f"/p/{name}"),
        width=st.integers(1, 3),
        format=st.sampled_from(["JPEG", "PNG", "RAW", "other"]),
        metadata_fields=st.integers(0, 2),
        camera=st.sampled_from(["", "Leica"]),
        bytes=st.integers(1, 3),
        mtime_ns=st.integers(0, 3),
        taken_at=st.none() | st.floats(0, 3),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda made: made.path,
)
rules = st.lists(
    st.sampled_from([Rule(name) for name in RULES if "path" not in name] + [Rule("path", "*a*")]), max_size=5
)


@given(assets, rules, st.randoms())
def test_the_order_of_the_assets_changes_nothing(made: list[Asset], order: list[Rule], dice: Any) -> None:
    choice = choose(made, order, ["/p/a"])
    dice.shuffle(made)
    assert choose(made, order, ["/p/a"]) == choice
    assert choice.keep in made


def test_a_border_adds_no_pixels_to_a_picture() -> None:
    plain = asset("/p/plain.jpg", width=1000, height=800, bytes=500)
    framed = asset("/p/framed.jpg", width=1100, height=900, bytes=400, empty_share=0.19)
    assert kept("pixels,bytes", framed, plain)[0] == plain.path

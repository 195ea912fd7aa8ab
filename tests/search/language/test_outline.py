import pytest

from pinakes.core.errors import NotUnderstood
from pinakes.search.language.outline import Outlined, PartKind, outline
from pinakes.search.question import Picture, Region


def told(line: str) -> list[tuple[str, str, float | None]]:
    return [(part.kind.value, part.text, part.weight) for part in outline(line)]


def test_every_part_is_told_as_it_was_typed() -> None:
    line = 'red boat -people beach^2 "open sea" -like:asset:7 folder:"My pictures" type:png,jpeg -has:gps'
    assert told(line) == [
        ("words", "red", None),
        ("words", "boat", None),
        ("words", "-people", -1.0),
        ("words", "beach^2", 2.0),
        ("phrase", '"open sea"', 1.0),
        ("picture", "-like:asset:7", -1.0),
        ("folder", 'folder:"My pictures"', None),
        ("condition", "type:png,jpeg", None),
        ("condition", "-has:gps", None),
    ]
    assert [line[part.start : part.end] for part in outline(line)] == [part.text for part in outline(line)]


def test_a_picture_is_told_with_its_region_and_weight() -> None:
    digest = "ab" * 32
    (part,) = outline(f"like:{digest}@0.1,0.2,0.5,0.25^1.5")
    assert part == Outlined(
        PartKind.PICTURE, part.text, 0, len(part.text), 1.5,
        Picture(sha256=digest, region=Region(0.1, 0.2, 0.5, 0.25)), "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "number", "left"),
    [
        ("boat type:png date:2019", 1, "boat date:2019"),
        ("boat type:png", 1, "boat"),
        ("type:png and date:2019", 0, "date:2019"),
        ("type:png and date:2019", 1, "type:png"),
        ("sand and boat", 1, "sand boat"),
        ("type:png or type:gif boat", 0, "boat"),
        ("  boat  -(red sails)  ", 1, "boat"),
        ("", None, ""),
    ],
)
def test_a_part_is_taken_away_with_what_joined_it(line: str, number: int | None, left: str) -> None:
    parts = outline(line)
    assert (parts[number].without if number is not None else "") == left


def test_a_line_that_does_not_parse_is_refused_as_by_a_search() -> None:
    with pytest.raises(NotUnderstood):
        outline("boat (red")

from hypothesis import given
from hypothesis import strategies as st

from pinakes.words.asked import asked
from pinakes.words.excerpts import CUT, LONGEST, excerpt
from pinakes.words.folding import cleaned, folded


def shown(text: str, *words: str) -> tuple[str, list[str]]:
    text = cleaned(text)
    piece = excerpt(text, folded(text), asked(words).wanted)
    return piece.text, [piece.text[start:end] for start, end in piece.marks]


def test_a_short_text_is_shown_whole() -> None:
    assert shown("A dog, two dogs; no cat.", "dog") == ("A dog, two dogs; no cat.", ["dog", "dogs"])


def test_a_long_text_is_cut_around_the_first_mark_at_spaces() -> None:
    text, marked = shown("before " * 50 + "the Dog barks " + "after " * 50, "dog")
    assert text.startswith(f"{CUT}before") and text.endswith(f"after{CUT}") and marked == ["Dog"]
    assert len(text) <= LONGEST + 2


def test_marks_that_overlap_are_one() -> None:
    assert shown("red sea side", "red sea", "sea side") == ("red sea side", ["red sea side"])


def test_letters_of_scripts_without_spaces_are_marked_one_by_one() -> None:
    assert shown("夏の海辺の家", "海辺") == ("夏の海辺の家", ["海辺"])


@given(st.lists(st.sampled_from(["dog", "Straße", "海辺", "x" * 70, "é", "🎉", "\n", "12ab"]), max_size=80))
def test_marks_are_what_was_asked_for(parts: list[str]) -> None:
    text = cleaned(" ".join(parts))
    wanted = asked(["strasse", "辺", "ab", "x" * 70]).wanted
    piece = excerpt(text, folded(text), wanted)
    for start, end in piece.marks:
        assert 0 <= start < end <= len(piece.text)
        assert folded(piece.text[start:end]) in ("strasse", "辺", "ab", "x" * 64)
    if any(part in ("Straße", "海辺", "12ab", "x" * 70) for part in parts):
        assert piece.marks

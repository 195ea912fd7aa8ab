from hypothesis import given
from hypothesis import strategies as st

from pinakes.words.folding import MOST_LETTERS, MOST_WORDS, cleaned, folded, words_of


def test_letters_and_digits_part_and_scripts_without_spaces_fall_apart() -> None:
    assert folded("IMG_2043-beach5x.JPG") == "img 2043 beach 5 x jpg"
    assert folded("夏の海辺 2019年") == "夏 の 海 辺 2019 年"
    assert folded("🎉🎂 party❤️") == "🎉 🎂 party ❤"


def test_words_know_where_they_stand() -> None:
    text = cleaned("Zum Cafe\u0301, um\t3 Uhr")
    assert [text[word.start : word.end] for word in words_of(text)] == ["Zum", "Café", "um", "3", "Uhr"]


def test_long_texts_and_words_are_bounded() -> None:
    assert len(folded("word " * 10_000).split()) == MOST_WORDS
    assert folded("x" * 1000) == "x" * MOST_LETTERS


@given(st.text(max_size=60))
def test_any_text_folds_to_plain_words_and_folding_again_changes_nothing(text: str) -> None:
    clean = cleaned(text)
    words = [word.folded for word in words_of(clean)]
    assert all(word and not set(word) & set(" '\"\\:*|&!()<>\0") for word in words)
    places = [(word.start, word.end) for word in words_of(clean)]
    assert places == sorted(places) and all(start < end <= len(clean) for start, end in places)
    assert cleaned(clean) == clean


@given(st.text(max_size=30), st.text(max_size=30))
def test_words_of_a_part_are_words_of_the_whole(first: str, second: str) -> None:
    assert f"{folded(cleaned(first))} " in f"{folded(cleaned(first + ' . ' + second))} "

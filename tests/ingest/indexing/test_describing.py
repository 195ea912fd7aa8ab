"""What indexes are told of an asset: the payload that filters ask, and the words by where they come from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.payload import PICTURES
from pinakes.ingest.indexing.describing import (
    KnownAsset,
    apart,
    digest,
    document_of,
    payload_of,
    tags_of,
)
from pinakes.words.base import WordField


def known(path: str = "/photos/Rome 2019/IMG_2019-beach_day.jpg", **told: Any) -> KnownAsset:
    taken_at = told.pop("taken", None)
    return KnownAsset(7, path, 3, "ab" * 32, 1000, "JPEG", 4000, 3000, taken_at, told)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMG_2019-beach_day.jpg", "IMG 2019 beach day jpg"),
        ("BeachDay2019.JPG", "BeachDay2019 JPG Beach Day 2019"),
        ("Österreich.Größe.png", "Österreich Größe png"),
        ("__--..", ""),
        ("写真(1).jpg", "写真 1 jpg"),
    ],
)
def test_names_are_split_at_punctuation_and_turns(name: str, words: str) -> None:
    assert apart(name) == words


def test_the_payload_has_what_filters_ask() -> None:
    payload = payload_of(
        known(
            taken=100.0,
            taken_at_utc=-7100.0,
            latitude=41.9,
            longitude=12.5,
            place={"city": "Rome", "region": "Lazio", "country": "Italy", "country_code": "IT"},
            camera="Canon EOS R5",
            lens="RF 50mm",
            rating=4,
            keywords=["Holiday", "holiday", "Sea"],
        )
    )
    assert payload == {
        "folder": 3,
        "asset": 7,
        "sha256": "ab" * 32,
        "type": "jpeg",
        "bytes": 1000,
        "width": 4000,
        "height": 3000,
        "pixels": 12_000_000,
        "shape": "landscape",
        "taken_at": 100.0,
        "latitude": 41.9,
        "longitude": 12.5,
        "place": ("rome", "lazio", "italy"),
        "camera": "canon eos r5",
        "lens": "rf 50mm",
        "rating": 4,
        "tags": ("holiday", "sea"),
    }


def test_the_moment_is_that_of_the_cameras_clock_whatever_the_zone() -> None:
    assert payload_of(known(taken=100.0, taken_at_utc=-7100.0))["taken_at"] == 100.0
    assert payload_of(known(taken=100.0))["taken_at"] == 100.0


def test_the_time_of_a_file_is_not_the_pictures() -> None:
    assert "taken_at" not in payload_of(known(taken_at_utc=5.0))


def test_half_a_position_is_none() -> None:
    assert "latitude" not in payload_of(known(latitude=1.0))


def test_levels_are_tags_by_their_last_and_words_by_all() -> None:
    told = {"hierarchical_keywords": ["Places|Italy|Rome"], "keywords": ["Rome"]}
    assert tags_of(told) == ("rome",)
    assert tags_of(told, whole=True) == ("rome", "places", "italy")


def test_words_say_where_they_come_from() -> None:
    document = document_of(
        known(
            title="Morning",
            description="At the sea",
            artist="Ada",
            faces=[{"name": "Ben", "x": 0.5}],
            place={"city": "Rome"},
        ),
        {"caption": "a dog on a beach", "text": "EXIT"},
    )
    assert document.words == {
        WordField.TAGS: "Ben",
        WordField.TITLE: "Morning",
        WordField.NAME: "IMG 2019 beach day jpg",
        WordField.CAPTION: "a dog on a beach",
        WordField.PLACE: "rome",
        WordField.TEXT: "EXIT",
        WordField.DETAILS: "At the sea\nAda",
        WordField.PATH: "photos Rome 2019",
    }
    assert document.payload == payload_of(known(place={"city": "Rome"}))


def test_a_name_that_is_no_text_is_described_all_the_same() -> None:
    document = document_of(known("/a/b\udcffc \udce4.jpg"), {})
    assert document.words[WordField.NAME] == "b c jpg"


def test_a_digest_changes_with_what_is_told() -> None:
    one, two = payload_of(known()), payload_of(known(rating=1))
    assert digest(one) == digest(payload_of(known()))
    assert digest(one) != digest(two)
    assert digest(one) != digest(one, {WordField.NAME: "x"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "keywords hierarchical_keywords rating latitude longitude place camera lens title description artist "
    "faces taken_at_utc software label"
).split()


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_metadata_hold_every_index_can_keep_it(told: dict[str, Any]) -> None:
    asset = KnownAsset(1, "/a/b.jpg", 1, "00", 1, "PNG", 1, 1, None, told)
    assert PICTURES.checked(payload_of(asset)) == payload_of(asset)
    for words in document_of(asset, {}).words.values():
        assert "\0" not in words
        words.encode()
    digest(payload_of(asset))

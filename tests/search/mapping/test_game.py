"""The guessing game: the right word is among four, the wrong ones are wrong, and tokens keep their secret."""

import base64
import json
import time

import numpy as np
import pytest
from tests.search.concepts import CONCEPTS, concept, unit

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import PICTURES as FIELDS
from pinakes.core.payload import Payload
from pinakes.search.mapping import game
from pinakes.search.mapping.game import Tokens, dealt
from pinakes.search.mapping.nouns import as_caption, nouns
from pinakes.vectors.memory import MemoryCollection
from pinakes.vectors.points import Point, point_id

#: Words with pictures, then words without.
SHOWN, ABSENT = ("cat", "dog", "sea"), ("boat", "cake", "drum", "fork", "goat", "hat", "kite")


@pytest.fixture(scope="module")
def collection() -> MemoryCollection:
    made = MemoryCollection(CONCEPTS, FIELDS)
    rng = np.random.default_rng(0)
    for number, word in enumerate(word for word in SHOWN for _ in range(6)):
        vector = unit(concept(word) + 0.2 * unit(rng.normal(size=CONCEPTS.dimensions)))
        payload = {"folder": 1, "asset": number, "tags": [word], "sha256": f"{number:064x}"}
        made.upsert([Point(point_id(f"{number:064x}", number), vector, payload)])
    return made


@pytest.mark.parametrize("seed", range(8))
def test_the_right_word_is_what_the_pictures_show_and_the_others_are_not(
    collection: MemoryCollection, seed: int
) -> None:
    words = SHOWN + ABSENT
    vectors = np.stack([concept(word) for word in words])
    found = dealt(collection, words, vectors, rng=np.random.default_rng(seed))
    assert found.right in SHOWN
    assert {hit.payload["tags"] for hit in found.hits} == {(found.right,)}
    assert len(found.hits) == 5
    assert len(set(found.words)) == 4
    assert found.words == tuple(sorted(found.words))
    assert found.right in found.words


def test_copies_of_one_picture_are_dealt_only_where_there_is_nothing_else() -> None:
    made = MemoryCollection(CONCEPTS, FIELDS)
    words = SHOWN + ABSENT
    vectors = np.stack([concept(word) for word in words])

    def put(numbers: range, spread: float) -> None:
        rng = np.random.default_rng(3)
        for number in numbers:
            vector = unit(concept("cat") + spread * unit(rng.normal(size=CONCEPTS.dimensions)))
            payload: Payload = {"folder": 1, "asset": number, "sha256": f"{number:064x}"}
            made.upsert([Point(point_id(f"{number:064x}", number), vector, payload)])

    def assets() -> set[object]:
        found = dealt(made, words, vectors, rng=np.random.default_rng(0))
        return {hit.payload["asset"] for hit in found.hits}

    put(range(6), 0.0)
    assert len(assets()) == 5
    put(range(6, 12), 0.3)
    assert len(assets() & set(range(6))) == 1


def test_too_few_words_or_pictures_are_said(collection: MemoryCollection) -> None:
    vectors = np.stack([concept(word) for word in SHOWN + ABSENT])
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidRequest, match="takes 4 words, and there are 3"):
        dealt(collection, SHOWN, vectors[:3], rng=rng)
    with pytest.raises(InvalidRequest, match="takes 5 pictures, and 0 are indexed"):
        dealt(collection, SHOWN + ABSENT, vectors, folders=frozenset({2}), rng=rng)


def test_a_token_tells_the_right_word_to_who_made_it_alone(
    collection: MemoryCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = np.stack([concept(word) for word in SHOWN + ABSENT])
    found = dealt(collection, SHOWN + ABSENT, vectors, rng=np.random.default_rng(1))
    tokens = Tokens()
    token = tokens.issued(found)
    assert tokens.opened(token).right == found.right
    with pytest.raises(InvalidRequest, match="over or unknown"):
        Tokens().opened(token)
    monkeypatch.setattr(time, "time", lambda: 1e12)
    with pytest.raises(InvalidRequest, match="over or unknown"):
        tokens.opened(token)


@pytest.mark.parametrize("token", ["", "é", "AAAA", base64.b64encode(b"[1]").decode(), "null", "bnVsbA=="])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidRequest, match="over or unknown"):
        Tokens().opened(token)


def test_a_token_whose_words_were_changed_is_refused() -> None:
    tokens = Tokens()
    made = tokens.issued(game.Round((), ("a", "b", "c", "d"), "b"))
    salt, until, _, points, proof = json.loads(base64.urlsafe_b64decode(made))
    forged = base64.urlsafe_b64encode(json.dumps([salt, until, ["b"], points, proof]).encode()).decode()
    with pytest.raises(InvalidRequest, match="over or unknown"):
        tokens.opened(forged)


def test_the_nouns_are_plain_and_each_is_there_once() -> None:
    assert len(nouns()) == len(set(nouns())) > 250
    assert all(noun.isalpha() and noun.islower() for noun in nouns())
    assert (as_caption("owl"), as_caption("cat")) == ("a photo of an owl", "a photo of a cat")

"""A guessing game: five pictures that the model chose for a word, and four words of which it is one."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import Folders
from pinakes.vectors.base import Collection
from pinakes.vectors.points import Hit

#: Pictures and words of a round.
PICTURES, WORDS = 5, 4

#: Time within which a round can be answered, seconds.
ROUND_SECONDS = 3600

#: Pictures that are looked at for each that is shown, and the cosine from which on two are taken for copies:
#: five times the same picture is no riddle.
SPARE, COPY_COSINE = 6, 0.99

#: Words that are tried for a round: the one is taken whose pictures it suits best beside all others, since
#: of many words a library has no picture.
TRIED = 8

#: Share of the words, those that suit the pictures least, of which the wrong ones are drawn: nearer ones
#: would be right as well.
UNLIKE = 0.5


@dataclass(frozen=True, slots=True)
class Round:
    """The pictures, the words in the order of the alphabet, and which one is right."""

    hits: tuple[Hit, ...]
    words: tuple[str, ...]
    right: str


def dealt(
    collection: Collection,
    words: Sequence[str],
    vectors: NDArray[np.float32],
    *,
    folders: Folders = None,
    rng: np.random.Generator,
) -> Round:
    """A round about one of `words`, whose embeddings are float32 (n, d), all words different.

    The wrong words are drawn of those that the model finds least like the five pictures.

    Raises:
        InvalidRequest: there are fewer than four words, or fewer than five pictures.
    """
    if len(words) < WORDS:
        raise InvalidRequest(f"A round takes {WORDS} words, and there are {len(words)}.")
    tried = rng.choice(len(words), min(TRIED, len(words)), replace=False).tolist()
    hands = [_hand(collection, vectors, place, folders) for place in tried]
    best = max(hands, key=lambda hand: hand.contrast)
    others = [place for place in np.argsort(best.suits, kind="stable").tolist() if place != best.place]
    unlike = others[: max(WORDS - 1, int(UNLIKE * len(others)))]
    wrong = rng.choice(unlike, WORDS - 1, replace=False).tolist()
    every = sorted(words[place] for place in (best.place, *wrong))
    return Round(best.hits, tuple(every), words[best.place])


@dataclass(frozen=True, slots=True, eq=False)
class _Hand:
    """What one word would show: its place among the words, its pictures, and how each word suits these."""

    place: int
    hits: tuple[Hit, ...]
    suits: NDArray[np.float32]

    @property
    def contrast(self) -> float:
        """How much better the word suits the pictures than others do."""
        return float(self.suits[self.place] - self.suits.mean())


def _hand(collection: Collection, vectors: NDArray[np.float32], place: int, folders: Folders) -> _Hand:
    hits = collection.query(vectors[place], limit=PICTURES * SPARE, folders=folders)
    if len(hits) < PICTURES:
        raise InvalidRequest(f"A round takes {PICTURES} pictures, and {len(hits)} are indexed.")
    found = {point.id: point.vector for point in collection.retrieve([hit.id for hit in hits])}
    shown = np.stack([found[hit.id] for hit in hits])
    chosen = _different(shown)
    return _Hand(place, tuple(hits[at] for at in chosen), (vectors @ shown[chosen].T).mean(axis=1))


def _different(shown: NDArray[np.float32]) -> list[int]:
    """Places of five pictures, the first ones that are no copies of one another, or else copies as well."""
    chosen: list[int] = []
    for place, vector in enumerate(shown):
        if not chosen or float((shown[chosen] @ vector).max()) < COPY_COSINE:
            chosen.append(place)
    copies = [place for place in range(len(shown)) if place not in chosen]
    return (chosen + copies)[:PICTURES]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token tells of its round: the points of the pictures, the words, and which one is right."""

    points: tuple[UUID, ...]
    words: tuple[str, ...]
    right: str


def nearness(
    collection: Collection, points: Sequence[UUID], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Cosine of each word and each picture, float32 (words, pictures), from embeddings (words, d).

    Pictures that are gone meanwhile have none: their column is missing.
    """
    found = {point.id: point.vector for point in collection.retrieve(list(points))}
    shown = [found[point] for point in points if point in found]
    cosines: NDArray[np.float32] = (
        vectors @ np.stack(shown).T if shown else np.zeros((len(vectors), 0), np.float32)
    )
    return cosines


class Tokens:
    """Signs rounds so that nothing of them has to be kept: a token tells which word is right to nobody else.

    Tokens are good as long as the object that made them.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issued(self, dealt: Round) -> str:
        """A token for a round, text that fits into URLs."""
        salt, until = secrets.token_hex(8), int(time.time()) + ROUND_SECONDS
        asked = [salt, until, list(dealt.words), [hit.id.hex for hit in dealt.hits]]
        body = json.dumps([*asked, self._proof(asked, dealt.right)]).encode()
        return urlsafe_b64encode(body).decode()

    def opened(self, token: str) -> Opened:
        """The round that a token was issued for.

        Raises:
            InvalidRequest: the token is none of ours, or too old.
        """
        try:
            *asked, proof = json.loads(urlsafe_b64decode(token.encode("ascii")))
            _, until, words, points = asked
            fits = [word for word in words if hmac.compare_digest(self._proof(asked, word), proof)]
        except (ValueError, TypeError) as error:
            raise _unknown() from error
        if not fits or until < time.time():
            raise _unknown()
        return Opened(tuple(UUID(point) for point in points), tuple(words), fits[0])

    def _proof(self, asked: Sequence[object], right: str) -> str:
        signed = json.dumps([asked, right]).encode()
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()


def _unknown() -> InvalidRequest:
    return InvalidRequest("This round is over or unknown.", remedy="GET /api/v1/game deals another.")

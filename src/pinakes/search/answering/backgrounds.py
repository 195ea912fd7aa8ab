"""Random pictures of a library to hold a question against, and how wide each model's background is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, delete, insert, select

from pinakes.core.errors import PinakesError
from pinakes.core.payload import Folders
from pinakes.core.types import Vector
from pinakes.db.tables import choices
from pinakes.search.answering.line import LEAST_MEASURED, Background, background, width_of
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name

#: Pictures of a sample: the share that is less alike is then known to a twentieth of a per cent.
SAMPLE = 2000

#: Samples kept, one for each set of folders that asks; each takes SAMPLE vectors of memory.
KEPT = 8

#: Growth or loss of a library after which a sample is taken anew, and after which widths are measured anew.
STALE, OUTGROWN = 0.1, 2.0

#: Pictures of the sample that are asked for, one by one, to measure how wide a background is.
ASKED = 64

#: Words that are asked for, to measure it for words; plain things, few of which any library is full of.
PLAIN_WORDS = tuple(
    f"a photo of {thing}"
    for thing in (
        "a dog, a cat, a horse, a bird, a fish, a flower, a tree, a mountain, a beach, a river, a street, "
        "a bridge, a church, a house, a kitchen, a bedroom, a chair, a bicycle, a car, a train, a boat, "
        "a plate of food, a cake, a cup of coffee, a book, a computer, a telephone, a child, a crowd, "
        "a portrait of a woman, a portrait of a man, snow, fire, the night sky, a sunset, a map, a text, "
        "a screenshot, a painting, a statue, a football match, a concert, a wedding"
    ).split(", ")
)

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Sample:
    rows: Rows
    pictures: int


class Backgrounds:
    """Samples of collections and the widths of models' backgrounds, for any number of threads.

    Args:
        engine: the library, whose table of choices keeps the widths.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock = engine, threading.Lock()
        self._samples: OrderedDict[tuple[str, Folders], _Sample] = OrderedDict()

    def sample(self, collection: Collection, folders: Folders, pictures: int) -> Rows:
        """Vectors of random pictures of these folders, float32 (at most SAMPLE, dimensions).

        `pictures` is how many there are. Ids are digests of content, so the first in their order are as
        good as drawn by lot, and the same each time.
        """
        key = (collection_name(collection.identity), folders)
        with self._lock:
            kept = self._samples.get(key)
        if kept is None or abs(kept.pictures - pictures) > STALE * kept.pictures:
            points = collection.scroll(after=None, limit=SAMPLE, folders=folders)
            rows = [point.vector for point in points]
            kept = _Sample(np.stack(rows) if rows else np.empty((0, 1), np.float32), pictures)
        with self._lock:
            self._samples[key] = kept
            self._samples.move_to_end(key)
            while len(self._samples) > KEPT:
                self._samples.popitem(last=False)
        return kept.rows

    def width(
        self, collection: Collection, rows: Rows, embed_words: Callable[[Sequence[str]], list[Vector]] | None
    ) -> float:
        """How much wider than its lower side a background's upper side is, measured once for each model.

        For questions in words where `embed_words` is given, else for pictures. 1 while the library is too
        small to measure it.
        """
        if len(rows) < LEAST_MEASURED:
            return width_of([])
        name = f"line:{collection_name(collection.identity)}"
        kind = "pictures" if embed_words is None else "words"
        known = self._known(name)
        told: dict[str, Any] = known.get(kind, {})
        if told and len(rows) < OUTGROWN * told["of"]:
            return float(told["width"])
        try:
            asked = rows[:ASKED] if embed_words is None else np.stack(embed_words(PLAIN_WORDS))
        except PinakesError:
            return width_of([])  # the model went away: it is measured another time
        width = width_of(_backgrounds(rows, asked))
        self._keep(name, {**known, kind: {"width": width, "of": len(rows)}})
        return width

    def _known(self, name: str) -> dict[str, Any]:
        with self._engine.execution_options(readonly=True).connect() as connection:
            value = connection.execute(select(choices.c.value).where(choices.c.name == name)).scalar()
        return value if isinstance(value, dict) else {}

    def _keep(self, name: str, value: dict[str, Any]) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(choices).where(choices.c.name == name))
            connection.execute(insert(choices).values(name=name, value=value))


def _backgrounds(rows: Rows, asked: Rows) -> list[Background]:
    """The backgrounds of several questions, float32 (questions, dimensions), without the asked themselves."""
    scores = rows @ asked.T
    found = (background(column[column < 0.999]) for column in scores.T)
    return [each for each in found if each is not None]

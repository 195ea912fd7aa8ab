"""What a store has lost brought back from the register: after a change of driver, or of a lost directory."""

from __future__ import annotations

import numpy as np

from pinakes.core import logging
from pinakes.search.shared.register import Register, Settled
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.writing import document_of
from pinakes.words.base import WordIndex

#: Images brought back together.
PAGE = 1000


def restore(register: Register, shelf: Shelf, words: WordIndex) -> int:
    """Store vectors and words again where the stores have fewer than the register says; how many images.

    No picture is read or embedded. Vectors that were taken over without files are in the store alone, and so
    do not come back.
    """
    name = shelf.name
    if shelf.count() >= register.count_in(name) and words.count(folders=None) >= register.count_in(None):
        return 0
    after, restored = 0, 0
    while page := register.contents(shelf.identity.key, after=after, limit=PAGE):
        shelf.put(
            [
                (each.id, each.tenant, np.frombuffer(each.vector, "<f4"))
                for each in page
                if each.vector is not None and each.collection == name
            ]
        )
        words.upsert([document_of(Settled(each.id, name, each.path), each.tenant) for each in page])
        after, restored = page[-1].id, restored + len(page)
    logging.get("search").warning("index-restored", images=restored, collection=name)
    return restored

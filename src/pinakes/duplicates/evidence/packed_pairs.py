"""Pairs of pictures as single integers, so that millions of them sort in no time and take 8 bytes each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Ints = NDArray[np.int64]

#: Bits of a picture's number, of a distance (below 64) and of a turn: 27 + 27 + 6 + 3 = 63.
PICTURE_BITS, DISTANCE_BITS, TURN_BITS = 27, 6, 3

#: Pictures that can be told apart.
MOST_PICTURES = 1 << PICTURE_BITS

_REST_BITS = DISTANCE_BITS + TURN_BITS


def pack(low: _Ints, high: _Ints, distance: _Ints, turn: _Ints) -> _Ints:
    """Put pairs into int64 (m,) that sort by (low, high, distance, turn)."""
    return ((low << PICTURE_BITS | high) << DISTANCE_BITS | distance) << TURN_BITS | turn


def unpack(pairs: _Ints) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """The low and high picture, distance and turn of packed pairs."""
    pictures = pairs >> _REST_BITS
    return (
        pictures >> PICTURE_BITS,
        pictures & (MOST_PICTURES - 1),
        pairs >> TURN_BITS & ((1 << DISTANCE_BITS) - 1),
        pairs & ((1 << TURN_BITS) - 1),
    )


def thinned(pairs: _Ints, limit: int) -> _Ints:
    """Each pair once, ascending, by its nearest turn; of crowded pictures only the nearest neighbours.

    A pair stays when it is among the `limit` nearest of either of its pictures; of equal distances the
    picture with the lower number is the nearer. Thinning a part first never changes what stays in the end.
    """
    pairs = np.sort(pairs)
    pairs = pairs[_begins(pairs >> _REST_BITS)]
    low, high, distance, turn = unpack(pairs)
    # From the side of either picture: sorted by (picture, distance, neighbour).
    sides = np.sort(np.concatenate([_side(low, distance, high, turn), _side(high, distance, low, turn)]))
    begins = _begins(sides >> PICTURE_BITS + _REST_BITS)
    places = np.arange(len(sides))
    stays = places - np.maximum.accumulate(np.where(begins, places, 0)) < limit
    if stays.all():
        return pairs
    sides = sides[stays]
    picture, other = sides >> PICTURE_BITS + _REST_BITS, sides >> TURN_BITS & (MOST_PICTURES - 1)
    distance = sides >> PICTURE_BITS + TURN_BITS & ((1 << DISTANCE_BITS) - 1)
    turn = sides & ((1 << TURN_BITS) - 1)
    pairs = np.sort(pack(np.minimum(picture, other), np.maximum(picture, other), distance, turn))
    return pairs[_begins(pairs)]


def _side(picture: _Ints, distance: _Ints, other: _Ints, turn: _Ints) -> _Ints:
    return ((picture << DISTANCE_BITS | distance) << PICTURE_BITS | other) << TURN_BITS | turn


def _begins(ascending: _Ints) -> NDArray[np.bool_]:
    """Where a new value begins."""
    begins = np.ones(len(ascending), dtype=bool)
    begins[1:] = ascending[1:] != ascending[:-1]
    return begins

"""The pigeonhole behind the join: no near pair of hashes escapes all bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.duplicates.evidence.bands import BAND_BITS, bands, first_band, flips


@given(
    radius=st.integers(0, 47),
    counts=st.lists(st.integers(0, BAND_BITS), min_size=16, max_size=16),
)
def test_every_spread_of_few_wrong_bits_satisfies_a_band(radius: int, counts: list[int]) -> None:
    places = [16 * band + bit for band, count in enumerate(counts) for bit in range(count)][:radius]
    wrong = [sum(place // 16 == band for place in places) for band in range(16)]
    assert any(
        wrong[band.number] <= band.slack
        and wrong[2 * band.half] + wrong[2 * band.half + 1] <= band.half_slack
        for band in bands(radius)
    )


@pytest.mark.parametrize("radius", [0, 7, 8, 10, 18, 24, 31, 47])
def test_allowances_are_no_larger_than_needed(radius: int) -> None:
    halves = {band.half: band.half_slack for band in bands(radius)}
    assert sum(slack + 1 for slack in halves.values()) == radius + 1


@pytest.mark.parametrize(("slack", "count"), [(0, 1), (1, 17), (2, 137)])
def test_flips_are_all_masks_of_few_bits(slack: int, count: int) -> None:
    masks = flips(slack)
    assert len(set(masks.tolist())) == len(masks) == count
    assert np.bitwise_count(masks).max() == slack


def test_the_first_band_is_the_first_that_is_satisfied() -> None:
    difference = np.zeros((2, 8), dtype=np.uint32)
    difference[1, :3] = 0xFFFFFFFF
    assert first_band(difference, 31).tolist() == [0, 6]

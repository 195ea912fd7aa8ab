"""Equal rows are named by the first of them."""

import numpy as np
import pytest

from pinakes.duplicates.evidence.equal_rows import first_equal


def test_names_the_first_of_equal_rows() -> None:
    rows = np.array([[3, 1], [2, 2], [3, 1], [0, 0], [2, 2], [3, 1]], dtype=np.float32)
    representative, first = first_equal(rows)
    assert representative.tolist() == [0, 1, 0, 3, 1, 0]
    assert first.tolist() == [0, 1, 3]


def test_rows_that_differ_in_one_bit_are_not_equal() -> None:
    rows = np.array([[1.0, 2.0], [1.0, np.nextafter(2.0, 3.0)]])
    assert first_equal(rows)[1].tolist() == [0, 1]


@pytest.mark.parametrize("shape", [(0, 32), (3, 0)])
def test_nothing_in_the_rows(shape: tuple[int, int]) -> None:
    representative, first = first_equal(np.zeros(shape, dtype=np.uint8))
    assert representative.tolist() == [0] * shape[0]
    assert first.tolist() == [0][: shape[0]]

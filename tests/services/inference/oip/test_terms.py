import pytest

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.oip.terms import priority_in, seconds_in
from pinakes.serving.request import Priority


def test_1_is_the_highest_priority_and_0_leaves_it_open() -> None:
    assert priority_in({}, Priority.BULK) is Priority.BULK
    assert priority_in({"priority": 0}, Priority.BULK) is Priority.BULK
    found = [priority_in({"priority": level}, Priority.NORMAL) for level in (1, 2, 3, 99)]
    assert found == [Priority.INTERACTIVE, Priority.NORMAL, Priority.BULK, Priority.BULK]


def test_a_timeout_is_in_microseconds_and_never_above_the_services() -> None:
    assert seconds_in({}, 30) == 30
    assert seconds_in({"timeout": 0}, 30) == 30
    assert seconds_in({"timeout": 1_500_000}, 30) == 1.5
    assert seconds_in({"timeout": 10**12}, 30) == 30


@pytest.mark.parametrize("value", [-1, 1.5, "1", True])
def test_both_are_whole_numbers(value: float | str) -> None:
    with pytest.raises(InvalidRequest, match="priority"):
        priority_in({"priority": value}, Priority.NORMAL)
    with pytest.raises(InvalidRequest, match="timeout"):
        seconds_in({"timeout": value}, 30)

import pytest

from pinakes.clients.hedging import ENOUGH, FLOOR, UNKNOWN, Hedging


def test_before_enough_is_known_it_waits_a_while() -> None:
    hedging = Hedging(0.05)
    assert hedging.delay(16) == UNKNOWN
    for _ in range(ENOUGH):
        hedging.answered(0.01, 16)
    assert hedging.delay(16) == FLOOR


def test_late_is_what_takes_longer_than_nearly_all_for_as_many_items() -> None:
    hedging = Hedging(0.05)
    for number in range(100):
        hedging.answered((number + 1) / 10, 10)
    assert hedging.delay(10) == pytest.approx(9.6)
    assert hedging.delay(5) == pytest.approx(4.8)


def test_old_times_are_forgotten() -> None:
    hedging = Hedging(0.05)
    for _ in range(500):
        hedging.answered(60.0, 1)
    for _ in range(500):
        hedging.answered(0.5, 1)
    assert hedging.delay(1) == 0.5


def test_one_extra_request_is_free_and_then_its_share_must_be_earned() -> None:
    hedging = Hedging(0.05)
    assert hedging.allow()
    assert not hedging.allow()
    for _ in range(20):
        hedging.answered(0.1, 1)
    assert [hedging.allow(), hedging.allow()] == [True, False]
    assert hedging.hedged == 2


def test_without_a_share_nothing_is_extra() -> None:
    assert not Hedging(0.0).allow()

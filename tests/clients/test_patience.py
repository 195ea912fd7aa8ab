import pytest

from pinakes.clients.patience import LONGEST_RETRY_AFTER, Patience, Spent
from pinakes.core.errors import ServiceUnavailable

GONE = ServiceUnavailable("gone")


def test_pauses_double_up_to_the_longest() -> None:
    patience = Patience(4, 4)
    assert [patience.pause(attempt) for attempt in (1, 2, 3, 4, 5, 10_000)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_jitter_only_shortens() -> None:
    patience = Patience(4, 4)
    drawn = [patience.jittered(2) for _ in range(200)]
    assert 0.5 <= min(drawn) < 0.7
    assert 0.8 < max(drawn) <= 1.0


def test_an_absent_service_is_given_up_after_so_many_attempts() -> None:
    spent = Spent(Patience(away=2, busy=0))
    assert [spent.on_away(GONE, slow=False), spent.on_away(GONE, slow=False)] == [0.5, 1.0]
    with pytest.raises(ServiceUnavailable, match="gone"):
        spent.on_away(GONE, slow=False)


def test_one_that_does_not_answer_in_time_is_asked_once_more() -> None:
    spent = Spent(Patience(away=4, busy=0))
    spent.on_away(GONE, slow=True)
    with pytest.raises(ServiceUnavailable):
        spent.on_away(GONE, slow=True)


def test_a_busy_service_is_left_alone_as_long_as_it_says_within_reason() -> None:
    spent = Spent(Patience(away=0, busy=3))
    assert spent.on_busy(2.5, GONE) == 2.5
    assert spent.on_busy(-1.0, GONE) == 1.0
    assert spent.on_busy(1e9, GONE) == LONGEST_RETRY_AFTER
    with pytest.raises(ServiceUnavailable, match="stays busy: gone"):
        spent.on_busy(0.0, GONE)

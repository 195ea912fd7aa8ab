"""Laws of joining rankings by their ranks."""

from hypothesis import given
from hypothesis import strategies as st

from pinakes.search.answering.joining import in_order, joined

rankings = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), max_size=4)


@given(rankings)
def test_every_asset_of_every_ranking_has_a_place_once(given_rankings: list[list[int]]) -> None:
    order = in_order(joined(given_rankings))
    assert sorted(order) == sorted({asset for ranking in given_rankings for asset in ranking})


@given(st.lists(st.integers(0, 30), unique=True, max_size=20))
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    assert in_order(joined([ranking])) == ranking


@given(rankings)
def test_the_order_of_the_rankings_does_not_matter(given_rankings: list[list[int]]) -> None:
    assert in_order(joined(given_rankings)) == in_order(joined(given_rankings[::-1]))


def test_two_good_places_outweigh_one_excellent_one() -> None:
    assert in_order(joined([[1, 2, 3], [4, 5, 3]]))[0] == 3


def test_equal_scores_go_by_asset() -> None:
    assert in_order(joined([[9, 3], [3, 9]])) == [3, 9]

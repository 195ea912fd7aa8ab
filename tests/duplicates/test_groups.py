"""Groups hold only what was verified pair by pair."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.types import Tier
from pinakes.duplicates.groups import MOST_COMPARED, classes, cliques, never_compared, ordered, strongest
from pinakes.duplicates.types import Evidence


def edge(a: str, b: str, tier: Tier = Tier.COPY, score: float = 0.9) -> Evidence:
    low, high = ordered(a, b)
    return Evidence(low, high, tier, score, "test-1", {})


graphs = st.sets(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] != pair[1]), max_size=40
).map(lambda pairs: strongest(edge(f"{a:02}", f"{b:02}", score=(a * 7 + b) % 10 / 10) for a, b in pairs))


@given(graphs)
def test_every_pair_in_a_group_was_verified_and_every_verified_pair_is_in_a_group(edges) -> None:
    found = list(cliques(edges))
    inside = {pair for members in found for pair in combinations(members, 2)}
    assert inside == set(edges)


@given(graphs)
def test_pairs_that_a_person_parted_are_in_no_group(edges) -> None:
    parted = set(list(edges)[::3])
    inside = {pair for members in cliques(edges, parted) for pair in combinations(members, 2)}
    assert inside == set(edges) - parted


def test_a_middle_photo_does_not_chain_two_that_were_not_compared() -> None:
    edges = strongest([edge("a", "b"), edge("b", "c")])
    assert sorted(cliques(edges)) == [("a", "b"), ("b", "c")]


def test_the_strongest_evidence_of_a_pair_is_the_one_that_counts() -> None:
    best = strongest(
        [edge("a", "b", Tier.COPY, 1.0), edge("a", "b", Tier.HASH, 0.5), edge("a", "b", Tier.HASH, 0.7)]
    )
    assert (best["a", "b"].tier, best["a", "b"].score) == (Tier.HASH, 0.7)


def test_overlapping_classes_are_one_class_named_by_its_first() -> None:
    assert classes([["c", "b"], ["b", "a"], ["x", "y"]]) == {"a": "a", "b": "a", "c": "a", "x": "x", "y": "x"}


def test_what_hangs_together_through_a_third_is_to_be_compared() -> None:
    assert list(never_compared({("a", "b"), ("b", "c"), ("x", "y")})) == [("a", "c")]
    crowd = {(f"{n:03}", f"{n + 1:03}") for n in range(MOST_COMPARED)}
    assert list(never_compared(crowd)) == []

"""The plane: neighbours exact, sums on the grid near those of all pairs, and neighbourhoods that survive."""

import numpy as np
import pytest

from pinakes.search.mapping.layout import laid_out
from pinakes.search.mapping.neighbours import nearest
from pinakes.search.mapping.placing import beside
from pinakes.search.mapping.quality import quality
from pinakes.search.mapping.reduction import principal_axes
from pinakes.search.mapping.repulsion import repulsion

Floats = np.ndarray


def clustered(count: int, *, groups: int = 12, dimensions: int = 40, seed: int = 0) -> tuple[Floats, Floats]:
    """Unit vectors float32 around a few centres, and which centre each belongs to."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(groups, dimensions))
    group = rng.integers(0, groups, count)
    points = centres[group] + 0.35 * rng.normal(size=(count, dimensions))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), group


@pytest.mark.parametrize("themselves", [False, True])
def test_neighbours_are_those_of_comparing_everything(
    themselves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.search.mapping import neighbours

    monkeypatch.setattr(neighbours, "ROWS", 100)
    monkeypatch.setattr(neighbours, "COLUMNS", 64)
    points = np.random.default_rng(1).normal(size=(450, 8)).astype(np.float32)
    asked = points if themselves else np.random.default_rng(2).normal(size=(230, 8)).astype(np.float32)
    apart = np.square(asked[:, None] - points).sum(axis=2)
    if themselves:
        np.fill_diagonal(apart, np.inf)
    found, distances = nearest(asked, points, 7, themselves=themselves)
    np.testing.assert_array_equal(found, np.argsort(apart, axis=1)[:, :7])
    np.testing.assert_allclose(distances, np.sort(apart, axis=1)[:, :7], rtol=1e-3, atol=1e-4)


def test_points_that_are_all_equal_have_neighbours_too() -> None:
    points = np.ones((9000, 3), np.float32)
    found, distances = nearest(points[:4], points, 3)
    assert [len(set(row)) for row in found.tolist()] == [3] * 4
    assert distances.max() == 0


def test_more_neighbours_than_points_are_refused() -> None:
    with pytest.raises(ValueError, match="3 neighbours of 3 points"):
        nearest(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32), 3, themselves=True)


@pytest.mark.parametrize(("scale", "off"), [(1e-4, 1e-5), (1.0, 5e-3), (8.0, 0.2)])
def test_the_sums_of_the_grid_are_near_those_of_all_pairs(scale: float, off: float) -> None:
    places = (scale * np.random.default_rng(0).normal(size=(700, 2))).astype(np.float32)
    apart = places[:, None].astype(float) - places
    kernel = 1 / (1 + np.square(apart).sum(axis=2))
    np.fill_diagonal(kernel, 0)
    exact = (kernel[:, :, None] ** 2 * apart).sum(axis=1)
    pushed, total = repulsion(places)
    assert np.abs(pushed - exact).max() < off * np.abs(exact).max()
    assert total == pytest.approx(kernel.sum(), rel=5e-3)


def test_axes_found_page_by_page_are_those_of_all_vectors() -> None:
    points, _ = clustered(300)
    axes = principal_axes((points[start : start + 70] for start in range(0, 300, 70)), kept=5)
    whole = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][:5]
    agreement = np.abs(np.einsum("ij,ji->i", whole, axes.directions))
    np.testing.assert_allclose(agreement, 1, atol=1e-4)
    assert axes.reduced(points).shape == (300, 5)


def test_vectors_of_very_many_dimensions_are_folded_and_keep_their_neighbours() -> None:
    wide = np.zeros((60, 5000), np.float32)
    wide[:, :40], group = clustered(60, groups=3)
    axes = principal_axes([wide], kept=8)
    found, _ = nearest(axes.reduced(wide), axes.reduced(wide), 1, themselves=True)
    assert (group[found[:, 0]] == group).mean() > 0.95


def test_a_plane_keeps_neighbourhoods_that_the_two_widest_axes_lose() -> None:
    points, group = clustered(400)
    reduced = principal_axes([points]).reduced(points)
    near, _ = nearest(reduced, reduced, 15, themselves=True)
    places = laid_out(reduced, near)
    flat, laid = quality(points, reduced[:, :2].copy()), quality(points, places)
    assert laid.trustworthiness > flat.trustworthiness
    assert laid.kept > 1.5 * flat.kept
    on_plane, _ = nearest(places, places, 1, themselves=True)
    assert (group[on_plane[:, 0]] == group).mean() > 0.97


def test_equal_points_and_seeds_give_equal_planes(monkeypatch: pytest.MonkeyPatch) -> None:
    from pinakes.search.mapping import layout

    monkeypatch.setattr(layout, "FORMING", 10)
    monkeypatch.setattr(layout, "GATHERING", 40)
    points, _ = clustered(60)
    near, _ = nearest(points, points, 15, themselves=True)
    np.testing.assert_array_equal(laid_out(points, near, seed=3), laid_out(points, near, seed=3))
    assert not np.array_equal(laid_out(points, near, seed=3), laid_out(points, near, seed=4))


def test_quality_knows_the_perfect_plane_and_the_random_one() -> None:
    plane = np.random.default_rng(0).random((400, 2)).astype(np.float32)
    assert quality(plane, plane).kept == 1.0
    assert quality(plane, plane).trustworthiness == 1.0
    chance = quality(plane, np.random.default_rng(1).random((400, 2)).astype(np.float32))
    assert chance.kept < 0.1
    assert 0.4 < chance.trustworthiness < 0.6


def test_a_new_point_goes_into_one_group_and_not_between_two() -> None:
    known = np.array([[0, 0], [0, 1], [1, 0], [9, 9], [9, 10], [10, 9], [10, 10]], np.float32)
    places = np.array([[-1, -1]] * 3 + [[1, 1]] * 4, np.float32)
    placed = beside(np.array([[9.5, 9.5], [0.2, 0.2]], np.float32), known, places)
    assert placed[0].tolist() == [1, 1]
    assert placed[1].tolist() in ([-1, -1], [1, 1])
    assert beside(known[:2], known[:0], places[:0]).tolist() == [[0, 0], [0, 0]]

"""Orders, shifts and groups by brute force; the risk of a regression against fractions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.convolution import pooling_invariance as reference
from reference.formats import Arithmetic, float16, float32, float64


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5])
def test_orders_that_keep_the_maximum_are_counted(width: int) -> None:
    orders = list(itertools.permutations(range(width + 1)))
    kept = sum(max(o[:-1]) == max(o[1:]) for o in orders)
    assert kept == reference.unchanged(width)
    assert kept * (width + 1) == (width - 1) * len(orders)


def test_neighbours_are_windows_one_place_wider() -> None:
    x = np.arange(12.0)[None]
    union = reference.neighbours(x, (3, 4), (2, 2))
    assert union.shape == (1, 4, 2, 3)
    assert union[0, 1].tolist() == [[1, 2, 3], [5, 6, 7]]
    spread, overlap = reference.steps(union, 2)
    assert spread.tolist() == [[6.0] * 4]
    assert overlap[0].tolist() == [5.0, 6.0, 9.0, 10.0]
    alone = reference.steps(reference.neighbours(x[:, :3], (3,), (1,)), 1)[1]
    assert (alone == -np.inf).all()


def test_shifts_are_circular() -> None:
    x = np.arange(6.0)[None]
    assert reference.shifted(x, (2, 3), (1, 1)).tolist() == [[5, 3, 4, 2, 0, 1]]
    assert reference.shifted(x, (6,), (6,)).tolist() == x.tolist()


@pytest.mark.parametrize(("group", "side", "order"), [("rotations", 3, 4), ("symmetries", 3, 8), ("shifts", 5, 5)])
def test_groups_are_closed(group: str, side: int, order: int) -> None:
    x = np.arange(float(side**2)).reshape(1, side, side)
    turns = reference.GROUPS[group](side)
    orbit = {g(x).tobytes() for g in turns}
    assert len(turns) == len(orbit) == order
    for h in turns:
        assert {g(h(x)).tobytes() for g in turns} == orbit


@pytest.mark.parametrize("group", reference.GROUPS)
def test_the_largest_response_is_invariant(group: str) -> None:
    rng = np.random.default_rng(0)
    x, w = (rng.integers(-3, 4, (5, 3, 3)).astype(float) for _ in range(2))
    truth = reference.orbit_maximum(x, w, group, Arithmetic.of(float32))
    wanted = np.max([(g(w) * x).sum((1, 2)) for g in reference.GROUPS[group](3)], 0)
    np.testing.assert_array_equal(truth.value, wanted)
    for h in reference.GROUPS[group](3):
        np.testing.assert_array_equal(reference.orbit_maximum(h(x), w, group, Arithmetic.of(float32)).value, wanted)


def test_signs_are_all_there() -> None:
    every = reference.signs(3)
    assert every.shape == (3, 8)
    assert len({tuple(c) for c in every.T}) == 8
    assert (np.abs(every) == 1).all()


@pytest.mark.parametrize("block", [1, 2, 4])
@pytest.mark.parametrize("w", [[1.0, 1.0, 1.0, 1.0], [1.125, 0.875, 1.0, 1.0], [9.0, -7.0, 9.0, -7.0]])
def test_the_risk_is_that_of_least_squares(block: int, w: list[float]) -> None:
    two = np.array([[1.0, 1.0], [1.0, -1.0]])
    design, weights = np.kron(np.kron(two, two), two)[:, [0, 3, 5, 6]], np.array(w)
    truth = reference.excess_risk(design, weights, 0.5, block, Arithmetic.of(float64))
    signal = design @ weights
    z = reference.pooled_design(design, block)
    fits = z @ np.linalg.lstsq(z, signal[:, None] + 0.5 * reference.signs(8), rcond=None)[0]
    risk = ((fits - signal[:, None]) ** 2).mean()
    assert abs(risk - truth.value) <= truth.bound
    assert truth.bound < 1e-9
    if block == 1:
        assert truth.value == pytest.approx(0.25 * 4 / 8)


def test_a_fit_that_is_stored_rounds_once_more() -> None:
    size = np.ones(3)
    wide, half = (reference.fit_error(8, size, Arithmetic.of(f)) for f in (float32, float16))
    assert (half > wide + float16.u).all()
    assert (half < wide + 1.001 * float16.u).all()

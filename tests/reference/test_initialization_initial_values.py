"""Trajectories of gradient descent against fractions, and the bounds on what rounding adds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic
from reference.initialization import initial_values as reference

ARITHMETICS = {name: Arithmetic.of(fmt) for name, fmt in FORMATS.items()}


def exact_wells(start: float, lr: float, steps: int) -> list[Fraction]:
    x, rate = [Fraction(start)], Fraction(lr)
    for _ in range(steps):
        x.append(x[-1] - rate * (x[-1] ** 3 - x[-1]))
    return x


def test_the_double_well_is_followed_exactly() -> None:
    start = np.array([[0.3, -1.7, 2.0**-20, 0.0]])
    found = reference.double_well(start, 0.25, 6, ARITHMETICS["float64"])
    for i, x in enumerate(start[0]):
        for k, wanted in enumerate(exact_wells(float(x), 0.25, 6)):
            assert abs(Fraction(float(found.value[0, k, i])) - wanted) <= Fraction(float(found.bound[0, k, i]))
            assert found.bound[0, k, i] <= 2.0**-48 * max(abs(wanted), 2.0**-20)


@pytest.mark.parametrize("name", list(FORMATS))
def test_nothing_is_rounded_at_stationary_points_and_in_a_first_short_step(name: str) -> None:
    bound = reference.double_well(np.array([[0.0, 1.0, -1.0, 2.0]]), 0.5, 5, ARITHMETICS[name]).bound
    assert not bound.any()
    assert reference.double_well(np.array([[0.3]]), 0.5, 1, ARITHMETICS[name]).bound[0, 1, 0] > 0


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_rounded_descent_stays_within_the_bound_and_uses_much_of_it(name: str) -> None:
    fmt, rng = FORMATS[name], np.random.default_rng(0)
    start = fmt.round(rng.uniform(-1, 1, (200, 1)))
    found, x, margin = reference.double_well(start, 0.25, 8, ARITHMETICS[name]), start, 0.0
    for k in range(1, 9):
        gradient = fmt.round(x * fmt.round(fmt.round(x * x) - 1))
        x = fmt.round(x - fmt.round(0.25 * gradient))
        with np.errstate(invalid="ignore"):
            share = np.abs(x - found.value[:, k]) / found.bound[:, k]
        margin = max(margin, float(np.nanmax(share)))
    assert 0.2 < margin <= 1


def test_the_slope_is_the_largest_in_reach() -> None:
    for x in (-1.3, -0.2, 0.0, 0.1, 0.7):
        y = np.linspace(x - 0.3, x + 0.3, 1001)
        seen = np.abs(1.25 - 0.75 * y**2).max()
        assert seen <= reference.largest_slope(np.array(x), np.array(0.3), 0.25) <= seen + 1e-6


def test_the_distance_left_is_kept() -> None:
    for start in (1 / 64, 0.25, -0.875, 1.0):
        for lr in (0.5, 0.125):
            left = reference.distance_left(np.array([[start]]), lr, 6)[0, :, 0]
            for bound, x in zip(left, exact_wells(start, lr, 6), strict=True):
                assert abs(x - (1 if start > 0 else -1)) <= Fraction(float(bound))


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_quadratic_is_followed(name: str) -> None:
    fmt, rng = FORMATS[name], np.random.default_rng(1)
    turn = np.eye(4) - 0.5
    h = ((turn * np.array([1.0, 4.0, 2.0, 1.0])) @ turn)[None]
    c, start = (rng.integers(-4, 5, (1, 4)).astype(np.float64) for _ in range(2))
    found = reference.quadratic(h, c, start, 0.25, 6, 1.0, ARITHMETICS[name])
    x = [Fraction(v) for v in start[0]]
    rows = [[Fraction(float(v)) for v in row] for row in h[0]]
    rounded = start[0]
    for k in range(1, 7):
        missed = [a - Fraction(b) for a, b in zip(x, c[0], strict=True)]
        x = [
            a - sum((p * q for p, q in zip(row, missed, strict=True)), Fraction(0)) / 4
            for a, row in zip(x, rows, strict=True)
        ]
        exact = np.array([float(v) for v in x])
        assert np.abs(found.value[0, k] - exact).max() <= 2.0**-50
        gradient = fmt.round(h[0] @ fmt.round(rounded - c[0]))
        rounded = fmt.round(rounded - 0.25 * gradient)
        assert np.linalg.norm(rounded - exact) <= found.bound[0, k]
    assert found.bound[0, -1] <= 100 * fmt.u * np.linalg.norm(start - c)
    assert not reference.quadratic(h, c, c, 0.25, 6, 1.0, ARITHMETICS[name]).bound.any()

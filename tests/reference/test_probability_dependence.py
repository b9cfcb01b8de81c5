"""Differences from the product of marginals, against exact rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference.formats import FORMATS, Arithmetic, bfloat16, float32
from reference.probability.dependence import (
    covariance_of_indicators,
    difference_from_product,
    difference_is_exact,
    indicators,
    magnitude_of_dependence,
    regression,
)


def exact_difference(counts: np.ndarray) -> list[list[Fraction]]:
    rows = [[Fraction(int(c)) for c in row] for row in counts]
    total = sum(map(sum, rows))
    p, q = [sum(row) / total for row in rows], [sum(column) / total for column in zip(*rows, strict=True)]
    return [[rows[i][j] / total - p[i] * q[j] for j in range(len(q))] for i in range(len(p))]


def test_differences_are_rounded_once() -> None:
    rng = np.random.default_rng(0)
    for m, n in ((1, 1), (2, 3), (5, 4)):
        for counts in rng.integers(0, 9, (20, m, n)).astype(np.float64):
            counts[0, 0] += 1
            exact = exact_difference(counts)
            assert np.array_equal(difference_from_product(counts), [[float(v) for v in row] for row in exact])


def test_magnitude_bounds_the_covariance_of_exact_laws() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        counts = rng.integers(0, 4, (3, 4)).astype(np.float64)
        counts[0, 0] += 1
        x, y = rng.integers(-4, 5, 3).astype(float), rng.integers(-4, 5, 4).astype(float)
        exact = exact_difference(counts)
        covariance = sum(int(x[i] * y[j]) * exact[i][j] for i in range(3) for j in range(4))
        magnitude = sum(abs(int(x[i] * y[j]) * exact[i][j]) for i in range(3) for j in range(4))
        assert abs(covariance) <= magnitude
        assert np.isclose(magnitude_of_dependence(x, y, difference_from_product(counts)), float(magnitude), rtol=1e-14)


def test_exactness_is_seen_where_the_total_is_a_power_of_two() -> None:
    dyadic, other = np.array([[2.0, 1, 1], [0, 3, 1]]), np.array([[2.0, 1, 1], [0, 3, 2]])
    for format in FORMATS.values():
        assert difference_is_exact(dyadic, format)
        assert not difference_is_exact(other, format)
        assert np.all(covariance_of_indicators(dyadic, Arithmetic.of(format)).bound == 0)
        assert np.all(covariance_of_indicators(other, Arithmetic.of(format)).bound > 0)
    fine = np.array([[100.0, 27], [1, 128]])
    assert difference_is_exact(fine, float32)
    assert not difference_is_exact(fine, bfloat16)


def test_indicators_of_all_pairs() -> None:
    assert indicators(2, 3).tolist() == [
        [1, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
        [1, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 0, 1],
    ]


def test_regression_lines_are_exact() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(-9, 10, (2, 50, 7)) / 4 + 8
    x[:, 0] = 20
    found = regression(x, y, Arithmetic.of(float32))
    for i in range(50):
        a, b = ([Fraction(v) for v in row[i]] for row in (x, y))
        mean_a, mean_b = sum(a) / 7, sum(b) / 7
        spread = sum((v - mean_a) ** 2 for v in a)
        slope = sum((v - mean_a) * w for v, w in zip(a, b, strict=True)) / spread
        assert np.allclose(found.line.value[i], [float(slope), float(mean_b - slope * mean_a)], rtol=1e-15, atol=0)
        assert np.isclose(found.variance[i], float(spread / 7), rtol=1e-15)


def test_computed_regression_lines_stay_within_the_bound() -> None:
    rng = np.random.default_rng(3)
    for shift in (0, 30, 1000):
        x, y = rng.integers(-9, 10, (2, 100, 9)) + float(shift)
        x[:, 0] = shift + 12
        exact = regression(x, y, Arithmetic.of(float32)).line
        for i in range(100):
            design = np.stack((x[i], np.ones(9)), -1).astype(np.float32)
            q, r = np.linalg.qr(design)
            computed = np.linalg.solve(r, q.T @ y[i].astype(np.float32)).astype(np.float64)
            assert np.all(np.abs(computed - exact.value[i]) <= exact.bound[i])
        assert np.all(exact.bound < 0.05 * (1 + np.abs(exact.value)))


def test_half_types_round_the_line() -> None:
    x, y = np.array([[0.0, 1.0, 2.0]]), np.array([[0.0, 1.0, 3.0]])
    bounds = [regression(x, y, Arithmetic.of(f)).line.bound[0, 0] for f in (float32, bfloat16)]
    assert np.isclose(bounds[1] - bounds[0], 1.5 * bfloat16.u, rtol=1e-3)

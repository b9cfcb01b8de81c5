"""Laws of the statistics of batches: exact for tables, and a sample within intervals."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import ndtr

from reference.formats import FORMATS, float16, float64
from reference.normalization import batch_statistics as reference
from reference.rounding import U64
from reference.statistics import dkw_radius, kolmogorov_distance
from reference.truth import Truth


def test_the_distance_of_points_is_kolmogorovs_and_of_intervals_no_larger() -> None:
    x = np.random.default_rng(0).standard_normal(500)
    assert reference.interval_distance(x, x, ndtr) == kolmogorov_distance(x, ndtr)
    for moved in (x + 0.3, x - 0.2):
        least, largest = np.minimum(x, moved), np.maximum(x, moved)
        assert reference.interval_distance(least, largest, ndtr) <= min(
            kolmogorov_distance(x, ndtr), kolmogorov_distance(moved, ndtr)
        )
    assert reference.interval_distance(x + 2, x + 2, ndtr) > 0.5


@pytest.mark.parametrize(("d", "m"), [(2, 2), (3, 3), (2, 5)])
def test_the_variance_of_the_variance_is_that_of_all_batches(d: int, m: int) -> None:
    table = np.array([-3, 1, 4])[:d]
    batches = [[Fraction(int(v)) for v in batch] for batch in itertools.product(table, repeat=m)]
    variances = [(sum(v * v for v in b) - sum(b) ** 2 / Fraction(m)) / (m - 1) for b in batches]
    mean = sum(variances) / len(variances)
    exact = sum((v - mean) ** 2 for v in variances) / len(variances)
    truth = reference.variance_of_variance(table[None].astype(float), m)
    assert abs(Fraction(float(truth.value[0])) - exact) <= Fraction(float(truth.bound[0]))
    assert truth.bound[0] <= 64 * U64 * truth.value[0] + 1e-300
    assert float(reference.central_moments(table[None].astype(float))[0][0]) == float(mean)


def test_errors_of_numbers_move_their_mean_square_by_no_more_than_the_bound() -> None:
    rng = np.random.default_rng(1)
    v, e = rng.standard_normal((4, 50)), 1e-3 * rng.random((4, 50))
    exact = Truth((v**2).mean(-1), np.zeros(4))
    for sign in (-1, 1):
        found = v + sign * e
        truth = reference.spread_truth(exact, Truth(found, e), np.zeros(4))
        assert (np.abs((found**2).mean(-1) - truth.value) <= truth.bound).all()
    exactly = reference.spread_truth(exact, Truth(v, 0 * e), np.zeros(4))
    assert (exactly.bound < 200 * U64 * exact.value).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("m", [2, 16])
def test_normal_batches_fit_and_others_do_not(fmt: object, m: int) -> None:
    x = fmt.round(np.random.default_rng(2).normal(1.0, 2.0, (4096, m)))  # type: ignore[attr-defined]
    nothing = np.zeros(len(x))
    variance, mean = Truth(x.var(-1, ddof=1), nothing), Truth(x.mean(-1), nothing)
    fits = [
        (reference.variance_fit(x, variance, 2.0, fmt), True),  # type: ignore[arg-type]
        (reference.mean_fit(x, mean, 1.0, 2.0, fmt), True),  # type: ignore[arg-type]
        (reference.variance_fit(x, Truth(x.var(-1), nothing), 2.0, fmt), False),  # type: ignore[arg-type]
        (reference.variance_fit(x, variance, 2.5, fmt), False),  # type: ignore[arg-type]
        (reference.mean_fit(x, mean, 1.3, 2.0, fmt), False),  # type: ignore[arg-type]
    ]
    for fit, holds in fits:
        assert (fit.distance <= fit.radius) == holds
        assert fit.radius == dkw_radius(4096, 1e-9)


def test_rounding_widens_the_intervals() -> None:
    x = np.random.default_rng(3).normal(100.0, 1.0, (4096, 4))
    rounded = float16.round(x)
    found = Truth(rounded.var(-1, ddof=1), np.zeros(4096))
    as_given, as_rounded = (reference.variance_fit(rounded, found, 1.0, f) for f in (float64, float16))
    assert as_rounded.distance <= as_given.distance

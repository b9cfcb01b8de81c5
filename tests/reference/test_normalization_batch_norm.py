"""Standardised sets: exact values, bounds that roundings keep, moments of the outputs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.formats import Arithmetic, float16, float32, float64
from reference.normalization import batch_norm as reference

EPS = 2.0**-10


@pytest.fixture
def x() -> NDArray[np.float64]:
    return np.random.default_rng(1).integers(-40, 41, (20, 9)) / 8


def test_squares_are_those_of_exact_fractions(x: NDArray[np.float64]) -> None:
    found = reference.standardised(x, EPS, Arithmetic.of(float64))
    for row, standard, bound in zip(x, found.standard, found.core, strict=True):
        numbers = [Fraction(v) for v in row]
        mean = sum(numbers) / len(numbers)
        q = sum((v - mean) ** 2 for v in numbers) / len(numbers) + Fraction(EPS)
        exact = [float((v - mean) ** 2 / q) for v in numbers]
        assert standard**2 == pytest.approx(exact, rel=1e-13, abs=1e-15)
        assert (bound < 1e-13).all()


def test_without_centring_the_mean_is_taken_for_zero(x: NDArray[np.float64]) -> None:
    found = reference.standardised(x, EPS, Arithmetic.of(float32), centred=False)
    assert found.standard == pytest.approx(x / np.sqrt((x**2).mean(-1, keepdims=True) + EPS))


@pytest.mark.parametrize("offset", [0.0, 30.0, 1e4])
def test_two_passes_in_float32_stay_within_the_bound(x: NDArray[np.float64], offset: float) -> None:
    rows = x + offset
    truth = reference.affine(
        reference.standardised(rows, EPS, Arithmetic.of(float32)),
        np.float64(1.5),
        np.float64(-3),
        Arithmetic.of(float32),
    )
    z = rows.astype(np.float32)
    deviations = z - z.mean(-1, keepdims=True, dtype=np.float32)
    q = (deviations**2).mean(-1, keepdims=True, dtype=np.float32) + np.float32(EPS)
    y = deviations / np.sqrt(q) * np.float32(1.5) - np.float32(3)
    ratio = (np.abs(y - truth.value) / truth.bound).max()
    assert 1e-3 < ratio < 1


def test_huge_numbers_are_scaled_and_tiny_ones_are_not() -> None:
    x = np.array([[1.0, -1.0, 1.0, -1.0]])
    huge = reference.standardised(np.ldexp(x, 600), EPS, Arithmetic.of(float64))
    assert np.array_equal(huge.standard, x)
    tiny = reference.standardised(np.ldexp(x, -600), EPS, Arithmetic.of(float64))
    assert np.array_equal(tiny.standard, np.ldexp(x, -595))


def test_equal_numbers_may_be_off_by_the_error_of_their_mean() -> None:
    found = reference.standardised(np.full((1, 3), 0.1), EPS, Arithmetic.of(float32))
    assert np.abs(found.standard).max() < 1e-15
    assert 1e-7 < found.core.min() < 1e-4


def test_half_types_are_rounded_once_more(x: NDArray[np.float64]) -> None:
    wide = reference.affine(reference.standardised(x, EPS, Arithmetic.of(float32)), None, None, Arithmetic.of(float32))
    half = reference.affine(reference.standardised(x, EPS, Arithmetic.of(float16)), None, None, Arithmetic.of(float16))
    assert half.bound == pytest.approx(wide.bound + 2.0**-11 * (np.abs(wide.value) + wide.bound) + 2.0**-25, rel=1e-6)


def test_moments_are_those_of_the_outputs(x: NDArray[np.float64]) -> None:
    how = Arithmetic.of(float64)
    sets = reference.standardised(x, EPS, how)
    truth = reference.affine(sets, None, None, how)
    mean, square = reference.moments(sets, truth)
    assert (np.abs(truth.value.mean(-1) - mean.value) <= mean.bound).all()
    assert (np.abs((truth.value**2).mean(-1) - square.value) <= square.bound).all()
    assert (square.value < 1).all()


def test_the_mean_square_allows_for_squares_that_are_subnormal() -> None:
    """The hunt found it: the variance of these two is 9e-311, of which float64 has 13 digits."""
    pair = np.array([[0.0, -1.9010972181593134e-155]])
    sets = reference.standardised(pair, 1e-5, Arithmetic.of(float64))
    truth = reference.affine(sets, None, None, Arithmetic.of(float64))
    _, square = reference.moments(sets, truth)
    outputs = pair - pair.mean()
    mean_square = ((outputs / np.sqrt(1e-5)) ** 2).mean()
    assert abs(mean_square - square.value[0]) <= square.bound[0] < 1e-6 * mean_square

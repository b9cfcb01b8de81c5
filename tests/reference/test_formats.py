"""Formats against NumPy's and ml_dtypes' own casts, bit for bit."""

from __future__ import annotations

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64, tf32

TYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32, "float64": np.float64}
SMALL = [float16, bfloat16]


def interesting(format: Format) -> np.ndarray:
    """Numbers of the format, the ties between them and what lies next to a tie, over the whole range."""
    rng = np.random.default_rng(25)
    exponents = np.arange(format.emin - format.precision - 2, min(format.emax + 3, 1024))
    significands = 1 + rng.integers(0, 2 ** min(format.precision - 1, 30), (60, 1)) * 2.0 ** (1 - format.precision)
    numbers = np.concatenate((np.ldexp(significands, exponents).ravel(), [0.0, format.largest, format.lam, format.eta]))
    numbers = numbers[np.isfinite(numbers)]
    ties = numbers + format.ulp(numbers) / 2
    around = np.concatenate((np.nextafter(ties, 0), ties, np.nextafter(ties, np.inf)))
    return np.concatenate((numbers, around, -numbers, -around, [np.inf, -np.inf]))


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_rounding_agrees_with_numpy(name: str) -> None:
    with np.errstate(over="ignore"):
        x = interesting(FORMATS[name])
        expected = x.astype(TYPES[name]).astype(np.float64)
    assert np.array_equal(FORMATS[name].round(x), expected)
    assert np.array_equal(np.signbit(FORMATS[name].round(x)), np.signbit(expected))


def test_rounding_to_bfloat16_agrees_with_a_single_rounding_of_ml_dtypes() -> None:
    x = interesting(bfloat16)
    x = x[np.abs(x) <= float32.largest]
    single = x[x.astype(np.float32).astype(np.float64) == x]  # through float32 only where that is exact
    assert len(single) > len(x) // 3
    assert np.array_equal(bfloat16.round(single), single.astype(ml_dtypes.bfloat16).astype(np.float64))


@pytest.mark.parametrize("format", [bfloat16, tf32, float16])
def test_rounding_is_to_nearest_with_ties_to_even(format: Format) -> None:
    x = interesting(format)
    x = np.random.default_rng(27).permutation(x[np.abs(x) < format.largest])[:20_000]
    quantum = format.ulp(x)
    rounded = format.round(x)
    error = [abs(Fraction(a) - Fraction(b)) / Fraction(q) for a, b, q in zip(rounded, x, quantum, strict=True)]
    assert max(error) <= Fraction(1, 2)
    tie = np.array(error) == Fraction(1, 2)
    assert tie.sum() > 50
    assert not (np.rint(rounded[tie] / quantum[tie]) % 2).any()


@pytest.mark.parametrize("format", [*SMALL, float32])
def test_what_rounds_beyond_the_largest_number_becomes_infinite(format: Format) -> None:
    edge = (2 - format.u) * 2.0**format.emax
    assert format.round(np.nextafter(edge, 0)) == format.largest
    assert format.round(edge) == np.inf
    assert format.round(-edge) == -np.inf
    assert np.isnan(format.round(np.nan))


@pytest.mark.parametrize("name", TYPES)
def test_constants_agree_with_the_type(name: str) -> None:
    format, info = FORMATS[name], ml_dtypes.finfo(TYPES[name])
    assert float(info.max) == format.largest
    assert float(info.smallest_normal) == format.lam
    assert float(info.smallest_subnormal) == format.eta
    assert float(info.eps) == 2 * format.u


@pytest.mark.parametrize("name", TYPES)
def test_ulp_is_the_distance_to_the_next_number(name: str) -> None:
    format = FORMATS[name]
    x = np.array([0, format.eta, format.lam / 2, format.lam, 1, 1.5, 2, 3, format.largest / 2]).astype(TYPES[name])
    following = np.nextafter(x, TYPES[name](np.inf)).astype(np.float64)
    assert np.array_equal(format.ulp(x.astype(np.float64)), following - x.astype(np.float64))


@given(st.floats(allow_nan=False), st.sampled_from([float16, bfloat16, tf32, float32, float64]))
def test_rounding_is_idempotent_odd_and_monotone(x: float, format: Format) -> None:
    rounded = format.round(x)
    assert format.round(rounded) == rounded
    assert format.round(-x) == -rounded
    assert format.round(math.nextafter(x, math.inf)) >= rounded


@pytest.mark.parametrize("format", SMALL)
def test_half_types_accumulate_in_float32_unless_told_otherwise(format: Format) -> None:
    assert Arithmetic.of(format) == Arithmetic(format, float32, format)
    assert Arithmetic.of(format).mixed
    assert Arithmetic.of(format, accumulator=format) == Arithmetic(format, format, format)
    assert not Arithmetic.of(format, accumulator=format).mixed


def test_wider_types_compute_in_themselves() -> None:
    assert Arithmetic.of(float32) == Arithmetic(float32, float32, float32)
    assert Arithmetic.of(float64) == Arithmetic(float64, float64, float64)
    assert not Arithmetic.of(float32, operand=tf32).mixed
    assert Arithmetic.of(float32, accumulator=float64).mixed


def test_underflow_is_a_subnormal_number_if_gradual_and_a_normal_one_if_not() -> None:
    assert Arithmetic.of(float32).underflow == float32.eta
    assert Arithmetic.of(bfloat16, gradual=False).underflow >= float32.lam

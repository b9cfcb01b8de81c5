"""The building blocks of the bounds."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, bfloat16, float16, float32, float64, tf32
from reference.rounding import (
    flushed,
    gamma,
    operand_error,
    overflow_threshold,
    overflows,
    rounded,
    stored,
    underflowed,
    upward,
    wide,
)

SINGLE, HALF = Arithmetic.of(float32), Arithmetic.of(float16)


@pytest.mark.parametrize("u", [2.0**-8, 2.0**-24, 2.0**-53])
def test_gamma_is_lemma_3_1(u: float) -> None:
    k = np.array([0, 1, 2, 100])
    expected = [Fraction(int(i)) * Fraction(u) / (1 - Fraction(int(i)) * Fraction(u)) for i in k]
    assert gamma(k, u) == pytest.approx([float(v) for v in expected], rel=1e-15)
    assert isinstance(gamma(3, u), float)
    assert gamma(3, u) == gamma(np.array([3]), u)[0]


def test_gamma_covers_every_product_of_rounding_factors() -> None:
    u = Fraction(1, 256)
    for k in (1, 2, 50, 200):
        bound = Fraction(float(upward(np.array(gamma(k, float(u))))))
        assert (1 + u) ** k - 1 <= bound
        assert 1 / (1 - u) ** k - 1 <= bound


@pytest.mark.parametrize(
    ("k", "u"), [(256, 2.0**-8), (2**24, 2.0**-24), (-1, 2.0**-24), (math.nan, 2.0**-24), (np.array([1, 300]), 2.0**-8)]
)
def test_gamma_does_not_exist_for_too_many_roundings(k: float | np.ndarray, u: float) -> None:
    with pytest.raises(ValueError, match="gamma_k needs"):
        gamma(k, u)


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_one_more_rounding_is_covered_and_the_cover_attained(name: str) -> None:
    format = FORMATS[name]
    tie = np.array([1 + format.u, format.eta / 2, 3 * format.eta / 2, format.eta / 4, 0.0])
    error = np.abs(format.round(tie) - tie)
    bound = rounded(np.zeros(5), tie, format)
    assert np.all(error <= bound)  # and the bound is sharp
    assert np.all(error[:2] >= 0.98 * bound[:2])
    assert bound[-1] == 0  # zero is stored as zero


def test_rounding_multiples_of_the_smallest_number_does_not_underflow() -> None:
    x = float16.eta * np.arange(5.0)
    assert rounded(np.zeros(5), x, float16, underflow=False).max() < float16.eta / 100
    assert np.array_equal(float16.round(x), x)


def test_an_evaluated_bound_is_rounded_up() -> None:
    terms = np.random.default_rng(26).uniform(0, 1, (20, 1000))
    exact = [sum(map(Fraction, row)) for row in terms.tolist()]
    assert all(Fraction(b) >= e for b, e in zip(upward(terms.sum(-1), 1000).tolist(), exact, strict=True))
    assert upward(np.array(1.0)) < 1 + 1e-14


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_the_overflow_threshold_is_exact(name: str) -> None:
    format = FORMATS[name]
    edge = overflow_threshold(format)
    assert format.round(edge) == np.inf
    assert format.round(np.nextafter(edge, 0)) == format.largest
    assert overflows(np.array([edge, np.nextafter(edge, 0), np.inf, np.nan]), format).tolist() == [
        True,
        False,
        True,
        True,
    ]


def test_a_stored_result_is_undetermined_where_it_or_a_partial_one_may_overflow() -> None:
    one = np.ones(3)
    reached = np.array([1.0, 7e4, 3.5e38])
    assert np.isinf(stored(0 * one, one, HALF, reached=reached)).tolist() == [False, False, True]
    assert np.isinf(stored(0 * one, np.array([6e4, 7e4, -7e4]), HALF, reached=7e4 * one)).tolist() == [
        False,
        True,
        True,
    ]
    assert np.isinf(stored(np.array([600.0]), np.array([65000.0]), HALF, reached=one[:1]))
    assert stored(one, one, SINGLE, reached=one).tolist() == [1, 1, 1]  # nothing more to round


def test_operands_are_rounded_for_tf32_and_flushed_without_gradual_underflow() -> None:
    x = np.array([1 + 2.0**-11, 1.0, bfloat16.lam / 2])
    assert not operand_error(x, np.zeros(3), SINGLE).any()
    in_tf32 = operand_error(x, np.zeros(3), Arithmetic.of(float32, operand=tf32))
    assert np.all(in_tf32 >= np.abs(tf32.round(x) - x))
    flushing = Arithmetic.of(bfloat16, gradual=False)
    assert flushed(x, np.zeros(3), flushing).tolist() == [0, 0, bfloat16.lam / 2]
    assert flushed(np.array([2 * bfloat16.lam]), np.array([1.5 * bfloat16.lam]), flushing)[0] == bfloat16.lam


def test_underflow_takes_no_more_than_the_products_themselves() -> None:
    sizes = np.array([0.0, float32.eta / 8, 1.0])
    assert underflowed(4, float32.eta, sizes, SINGLE).tolist() == [0, float32.eta / 4, 4 * float32.eta]
    assert underflowed(4, float64.eta, sizes, Arithmetic.of(float64)) == 4 * float64.eta


def test_only_float64_accumulators_need_double_double() -> None:
    assert [wide(Arithmetic.of(f)) for f in FORMATS.values()] == [False, False, False, True]
    assert wide(Arithmetic.of(float32, accumulator=float64))

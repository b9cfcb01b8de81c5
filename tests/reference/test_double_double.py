"""Double-double arithmetic against python-flint: the accuracy that the module states."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from reference import double_double as dd
from reference.double_double import DoubleDouble, double_double
from reference.exact import ball, exact_dot, exact_sum, precision, rational
from reference.scaled import Scaled, dot

U2 = 2.0**-106
COUNT = 400


def pairs(hi: np.ndarray, seed: int = 0) -> DoubleDouble:
    """Double-doubles with the given high parts: low parts of every size up to half a unit in the last place."""
    rng = np.random.default_rng(seed)
    low = np.spacing(hi) / 2 * rng.uniform(-1, 1, hi.shape) * 2.0 ** -rng.integers(0, 40, hi.shape)
    return DoubleDouble(*dd.two_sum(hi, np.where(rng.random(hi.shape) < 0.2, 0.0, low)))


def rationals(x: DoubleDouble) -> list[fmpq]:
    """The exact values, row-major."""
    lo = np.broadcast_to(x.lo, x.hi.shape)
    return [rational(a) + rational(b) for a, b in zip(x.hi.ravel().tolist(), lo.ravel().tolist(), strict=True)]


def worst_error(result: DoubleDouble, function: Callable[..., arb], *arguments: DoubleDouble) -> float:
    """The largest relative error against a function evaluated in balls; a zero must be exact."""
    worst = 0.0
    with precision(400):
        for value, *row in zip(rationals(result), *map(rationals, arguments), strict=True):
            expected = function(*map(ball, row))
            if expected.is_zero():
                assert value == 0
            else:
                worst = max(worst, float(abs((ball(value) - expected) / expected).upper()))
    return worst


def normals(seed: int, reach: int = 20) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.ldexp(rng.normal(size=COUNT), rng.integers(-reach, reach, COUNT))


OPERATORS = {
    "add": (operator.add, 3),
    "subtract": (operator.sub, 3),
    "multiply": (operator.mul, 5),
    "divide": (operator.truediv, 15),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_arithmetic_errs_by_less_than_the_cited_bounds(name: str) -> None:
    function, bound = OPERATORS[name]
    x, y = pairs(normals(1), 1), pairs(normals(2), 2)
    close = pairs(x.hi * (1 + 2.0**-50 * np.arange(COUNT)), 3)  # cancellation: still a relative bound
    for second in (y, close, -close):
        assert worst_error(function(x, second), function, x, second) <= bound * U2 * 1.001


WITH_A_FLOAT = {"add": (2, 2), "subtract": (2, 3), "multiply": (1.5, 1.5), "divide": (3, 15)}


@pytest.mark.parametrize("name", OPERATORS)
def test_numbers_and_arrays_stand_on_either_side(name: str) -> None:
    function, on_the_right, on_the_left = OPERATORS[name][0], *WITH_A_FLOAT[name]
    x = pairs(normals(4), 4)
    close = x.hi * (1 + 2.0**-50 * np.arange(COUNT))
    for plain in (normals(5), close, -close, np.full(COUNT, 2.5)):
        y = double_double(plain)
        assert worst_error(function(x, plain), function, x, y) <= on_the_right * U2 * 1.001
        assert worst_error(function(plain, x), function, y, x) <= on_the_left * U2 * 1.001
    for left, right in ((x, 2.5), (2.5, x)):
        whole = function(*(np.full(COUNT, v) if isinstance(v, float) else v for v in (left, right)))
        assert np.array_equal(function(left, right).hi, whole.hi)
        assert np.array_equal(function(left, right).lo, whole.lo)


def test_square_roots_err_by_less_than_the_cited_bound() -> None:
    x = abs(pairs(normals(6, 900), 6))
    assert worst_error(x.sqrt(), arb.sqrt, x) <= 25 / 8 * U2 * 1.001
    assert double_double(np.array([0.0, 4.0])).sqrt().hi.tolist() == [0, 2]


RANGES = {
    "exp": (dd.exp, arb.exp, np.linspace(-660, 709.7, COUNT)),
    "exp of small numbers": (dd.exp, arb.exp, np.ldexp(normals(7, 2), -np.arange(COUNT))),
    "exp between table points": (dd.exp, arb.exp, np.arange(-200, 200) / 128 + 2.0**-40),
    "expm1": (dd.expm1, arb.expm1, np.linspace(-40, 700, COUNT)),
    "expm1 of small numbers": (dd.expm1, arb.expm1, np.ldexp(normals(8, 2), -np.arange(COUNT) * 2)),
    "expm1 where the branches meet": (dd.expm1, arb.expm1, np.linspace(-0.36, 0.36, COUNT)),
    "log": (dd.log, arb.log, np.abs(normals(9, 1000))),
    "log near 1": (dd.log, arb.log, 1 + np.ldexp(normals(10, 2), -(np.arange(COUNT) % 50)).clip(-0.9)),
    "log between table points": (dd.log, arb.log, np.arange(1, 1 + COUNT) / 128),
    "log1p": (dd.log1p, arb.log1p, np.linspace(-0.999, 20, COUNT)),
    "log1p of small numbers": (dd.log1p, arb.log1p, np.ldexp(normals(11, 2), -np.arange(COUNT) * 2).clip(-0.9)),
}


@pytest.mark.parametrize("name", RANGES)
def test_elementary_functions_err_by_less_than_two_to_the_minus_98(name: str) -> None:
    function, exact, hi = RANGES[name]
    x = pairs(hi, 12)
    assert worst_error(function(x), exact, x) <= 2.0**-98


ORDERS = [0.25, 0.5, 0.75, 1.0, 1.1, 1.25, 2.0, 2.5, 3.0, 7.0, 7.5, 7.875, 63.0, 64.0, 64.5, -0.5, -1.0, -1.5, -3.0]


@pytest.mark.parametrize("p", ORDERS)
def test_powers_lose_in_proportion_to_the_size_of_the_logarithm(p: float) -> None:
    x = pairs(np.exp(np.linspace(-600, 600, COUNT) / max(abs(p), 1)), 13)
    for result in (dd.power(x, p), dd.power(x, np.array(p))):  # by roots and products where it can be; by logarithms
        with precision(400):
            for value, base in zip(rationals(result), rationals(x), strict=True):
                expected = ball(base) ** ball(p)
                size = abs(ball(p) * ball(base).log()) + 4
                assert abs((ball(value) - expected) / expected) <= size * 2.0**-98


@pytest.mark.parametrize("p", [0.125, 0.375, 1.0, 3.0, 7.875, 63.0, -0.5, -2.0])
def test_powers_by_roots_and_products_are_good_to_ninety_six_bits(p: float) -> None:
    reach = int(700 / max(abs(p), 1))
    x = pairs(np.abs(normals(20, reach)).clip(2.0 ** -(reach + 3)), 20)
    assert worst_error(dd.power(x, p), lambda v: v ** ball(p), x) <= 2.0**-96


@pytest.mark.parametrize("p", [0.5, 1.1, 3.0, -2.0, -1.1])
def test_powers_meet_the_ends_of_the_range(p: float) -> None:
    x = np.array([0.0, -0.0, 2.0**1023, 2.0**-1074])
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        wanted = np.abs(x) ** p
        for result in (dd.power(x, p), dd.power(x, np.array(p))):
            assert result.hi == pytest.approx(wanted, rel=1e-12)
            assert not result.lo[(wanted == 0) | np.isinf(wanted)].any()
        if p in (0.5, 3.0, -2.0):  # by roots and products
            rest = dd.power(np.array([np.inf, -1.0, np.nan]), p)
            assert np.array_equal(rest.hi, [np.inf if p > 0 else 0.0, np.nan, np.nan], equal_nan=True)


def test_functions_meet_the_ends_of_the_range() -> None:
    assert dd.exp(np.array([np.inf, 710.0, 1e300])).hi.tolist() == [np.inf] * 3
    assert dd.exp(np.array([-np.inf, -746.0, -1e300])).hi.tolist() == [0] * 3
    assert dd.exp(np.array([-745.0])).hi[0] == np.exp(-745.0)
    assert dd.expm1(np.array([np.inf, -np.inf, -800.0])).hi.tolist() == [np.inf, -1, -1]
    assert dd.log(np.array([0.0, np.inf])).hi.tolist() == [-np.inf, np.inf]
    assert np.isnan(dd.log(np.array([-1.0, np.nan])).hi).all()
    assert np.isnan(dd.exp(np.array([np.nan])).hi).all()
    assert dd.power(np.array([0.0, 0.0, 2.0]), np.array([2.0, 0.0, 0.0])).hi.tolist() == [0, 1, 1]
    assert dd.log(np.array([5e-324])).hi[0] == np.log(5e-324)


def test_sums_err_by_less_than_the_stated_bound_also_under_cancellation() -> None:
    rng = np.random.default_rng(14)
    for n in (0, 1, 2, 7, 64, 1000):
        x = np.ldexp(rng.normal(size=(3, n)), rng.integers(-60, 60, (3, n)))
        x[:, n // 2 :] = -x[:, : n - n // 2] * (1 + 2.0**-40)
        total = double_double(x).sum()
        for value, row in zip(rationals(total), x.tolist(), strict=True):
            size = exact_sum(map(abs, row))
            assert abs(value - exact_sum(row)) <= size * rational(np.ceil(np.log2(max(n, 1))) * 3.1 * U2)
        assert rationals(Scaled.of(x).sum().mantissa)[0] is not None
        turned = double_double(x.T).sum(axis=0)
        assert np.array_equal(turned.hi, total.hi)


def test_matrix_products_err_by_less_than_the_stated_bound() -> None:
    rng = np.random.default_rng(15)
    for m, k, n in ((3, 1, 2), (2, 5, 3), (1, 200, 1)):
        x, y = pairs(rng.normal(size=(m, k)), 16), pairs(rng.normal(size=(k, n)), 17)
        x.hi[:, k // 2 :] *= -1
        for a, b in ((x, y), (DoubleDouble(x.hi, 0 * x.hi), DoubleDouble(y.hi, 0 * y.hi))):
            product, qa, qb = rationals(a @ b), rationals(a), rationals(b)
            for i in range(m):
                for j in range(n):
                    terms = [qa[i * k + t] * qb[t * n + j] for t in range(k)]
                    bound = 2 * (k + 3) ** 2 * rational(U2) * sum(map(abs, terms))
                    assert abs(product[i * n + j] - sum(terms)) <= bound


def test_matrix_products_broadcast_and_check_their_shapes() -> None:
    rng = np.random.default_rng(18)
    x, y = rng.normal(size=(4, 1, 2, 3)), rng.normal(size=(5, 3, 2))
    assert np.allclose(dd.matmul(x, y).hi, x @ y)
    assert (double_double(x) @ y).shape == (4, 5, 2, 2)
    assert (x @ double_double(y)).shape == (4, 5, 2, 2)
    with pytest.raises(ValueError, match="inner dimensions"):
        dd.matmul(np.zeros((2, 3)), np.zeros((2, 3)))


@given(st.floats(-(2.0**480), 2.0**480), st.floats(-(2.0**480), 2.0**480))
def test_error_free_transformations_are_exact(a: float, b: float) -> None:
    x, y = np.float64(a), np.float64(b)
    s, e = map(float, dd.two_sum(x, y))
    assert Fraction(s) + Fraction(e) == Fraction(a) + Fraction(b)
    p, f = map(float, dd.two_product(x, y))
    if a * b == 0 or abs(Fraction(a) * Fraction(b)) > Fraction(2) ** -968:
        assert (Fraction(p) + Fraction(f) == Fraction(a) * Fraction(b)) or a * b == 0
    high, low = map(float, dd.split(x))
    assert Fraction(high) + Fraction(low) == Fraction(a)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_normalising_scales_by_a_power_of_two(values: list[float]) -> None:
    x = np.array(values)
    scaled, exponent = dd.normalise(x)
    top = np.abs(scaled).max()
    assert (0.5 <= top < 1) or not x.any()
    lost = np.abs(np.ldexp(scaled, exponent) - x)
    assert np.all(lost <= np.ldexp(2.0**-1074, np.maximum(exponent, 0)))


def test_comparisons_and_maxima_look_at_the_low_parts() -> None:
    x = DoubleDouble(np.array([1.0, 1.0, -3.0]), np.array([-1e-20, 1e-20, 0.0]))
    top = x.max()
    assert (float(top.hi), float(top.lo)) == (1.0, 1e-20)
    assert abs(x).hi.tolist() == [1, 1, 3]
    assert abs(x).lo.tolist() == [-1e-20, 1e-20, 0]


@given(st.floats(-(2.0**1000), 2.0**1000), st.floats(-1, 1), st.integers(-1200, 1000))
def test_the_rest_bounds_the_distance_from_the_float64_value(hi: float, fraction: float, k: int) -> None:
    lo = fraction * float(np.spacing(abs(hi))) / 2
    pair = DoubleDouble(*dd.two_sum(np.float64(hi), np.float64(lo)))
    with np.errstate(over="ignore", invalid="ignore"):
        value, rest = dd.to_float64(pair, k)
    if np.isfinite(value):
        exact = (Fraction(float(pair.hi)) + Fraction(float(pair.lo))) * Fraction(2) ** k
        assert abs(Fraction(float(value)) - exact) <= Fraction(float(rest))
        assert (rest == 0) == (Fraction(float(value)) == exact)


def test_scaled_products_hold_at_every_size() -> None:
    rng = np.random.default_rng(19)
    for reach in (10, 500, 1020):
        x, y = (np.ldexp(rng.uniform(-1, 1, (4, 6)), rng.integers(-reach, reach, (4, 6))) for _ in range(2))
        inner = dot(x, y)
        product = Scaled.of(x) @ Scaled.of(y.T)
        for i in range(4):
            for j in range(4):
                exact, size = exact_dot(x[i], y[j]), exact_dot(np.abs(x[i]), np.abs(y[j]))
                assert abs(value_of(product, (i, j)) - exact) <= size * rational(2.0**-98)
            assert abs(value_of(inner, (i,)) - exact_dot(x[i], y[i])) <= exact_dot(
                np.abs(x[i]), np.abs(y[i])
            ) * rational(2.0**-98)


def test_scaled_products_of_three_factors_neither_overflow_nor_vanish() -> None:
    tiny, huge = np.full((2, 2), 2.0**-1000), np.full((2, 2), 2.0**1000)
    product = Scaled.of(tiny) @ Scaled.of(tiny) @ Scaled.of(tiny) @ Scaled.of(huge) @ Scaled.of(huge) @ Scaled.of(huge)
    value, rest = product.to_float64()
    assert np.all(value == 32)
    assert not rest.any()
    assert (Scaled.of(tiny) @ Scaled.of(np.zeros((2, 2)))).sum().to_float64()[0].tolist() == [0, 0]
    assert product.diagonal().sum().to_float64()[0] == 64


def value_of(x: Scaled, index: tuple[int, ...]) -> fmpq:
    """One entry, exactly."""
    k = int(x.exponent if x.exponent.ndim == 0 else x.exponent[index])
    scale = fmpq(2) ** k if k >= 0 else 1 / fmpq(2) ** -k
    return (rational(float(x.mantissa.hi[index])) + rational(float(x.mantissa.lo[index]))) * scale

"""Rounding into formats against exact rationals, and the ends of rounded exponentials against balls."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest

from claims.frame.inputs.roundings import Roundings
from reference.formats import FORMATS, Arithmetic, Format, float16, float32, float64
from reference.losses import floating_point as reference

TARGETS = pytest.mark.parametrize("target", [f for f in FORMATS.values() if f.precision < 53], ids=lambda f: f.name)


def rational(size: Fraction | float, target: Format) -> float:
    """A number that is not negative, or infinity, rounded to nearest, ties to even, by whole numbers."""
    if size == np.inf:
        return np.inf
    size, exponent = Fraction(size), target.emin
    while size >= Fraction(2) ** (exponent + 1):
        exponent += 1
    ulp = Fraction(2) ** (exponent - target.precision + 1)
    rounded = round(size / ulp) * ulp  # Python rounds ties to even
    return float(rounded) if rounded <= Fraction(target.largest) else np.inf


def stored(ball: flint.arb, how: Arithmetic) -> float:
    """The middle of a ball, rounded into the accumulator and the result."""
    man, exp = ball.mid().man_exp()
    return rational(rational(Fraction(int(man)) * Fraction(2) ** int(exp), how.accumulator), how.result)


@TARGETS
@pytest.mark.parametrize("kind", ["edges", "doubled", "wide"])
def test_one_rounding_is_that_of_rationals(target: Format, kind: str) -> None:
    (x,) = Roundings(33, target.name, kind).make(np.random.default_rng(0), 8, float64)
    found = np.sign(x) * np.vectorize(lambda v: rational(v, target))(np.abs(x))
    assert reference.nearest(found, x, float64, target).all()
    np.testing.assert_array_equal(target.round(x), found)
    assert reference.nearest(found, x, float32, target).all()


def test_two_roundings_are_taken_from_float64_to_half_types_only() -> None:
    x = np.array([1 + 2**-11 + 2**-40, 65520 - 2**-37, 1 + 2**-24 + 2**-50])
    twice = np.array([1.0, np.inf, 1.0])
    assert reference.nearest(twice, x, float64, float16).all()
    np.testing.assert_array_equal(reference.nearest(twice, x, float32, float16), [False, False, True])
    assert not reference.nearest(np.array([1 + 2**-9]), x[:1], float64, float16).any()
    assert not reference.nearest(np.array([1.0]), x[2:], float64, float32).any()


def test_zeros_keep_their_sign_and_nan_stays() -> None:
    a = np.array([0.0, -0.0, np.nan, np.inf])
    assert reference.same(a, a).all()
    np.testing.assert_array_equal(reference.same(a, -a), [False, False, True, False])


def test_limits_are_those_of_numpy() -> None:
    for name in ("float16", "float32", "float64"):
        about = np.finfo(name)
        expected = [about.max, about.min, about.eps, about.tiny]
        np.testing.assert_array_equal(reference.limits(FORMATS[name]), np.array(expected, np.float64))


def test_products_underflow_gradually_and_are_flushed_where_either_side_is_subnormal() -> None:
    lam, eta = float32.lam, float32.eta
    x = np.array([lam, 4 * lam, eta, 2 * eta, 3 * eta, -3 * eta, 0.0])
    np.testing.assert_array_equal(reference.scaled(x, -2, float32), [lam / 4, lam, 0, 0, eta, -eta, 0])
    flushable = reference.flushable(x, -2, Arithmetic.of(float32))
    np.testing.assert_array_equal(flushable, [True, False, True, True, True, True, False])
    assert not reference.flushable(np.array([float16.eta]), -2, Arithmetic.of(float16)).any()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_ends_of_exponentials_enclose_the_exact_one_as_closely_as_the_units_say(fmt: Format) -> None:
    how, units = Arithmetic.of(fmt), 4.0
    (x,) = Roundings(33, kind="exponents").make(np.random.default_rng(0), 4, fmt)
    x = np.concatenate([x.ravel(), [0.0, 1.0, -1.0, fmt.lam, -fmt.eta]])
    least, largest = reference.exponentials(x, units, how)
    width = units * how.accumulator.u
    for number, low, high in zip(x.tolist(), least.tolist(), largest.tolist(), strict=True):
        e = flint.arb(number).exp()
        if how.accumulator.lam < e:
            inner, outer = e * (1 - width), e * (1 - width * (1 + 2.0**-20) - 2.0**-50)
            below, above = (stored(ball, how) for ball in (outer, inner))
            assert below <= low <= above
        else:
            assert low == 0
        inner, outer = e * (1 + width), e * (1 + width * (1 + 2.0**-20) + 2.0**-50)
        assert stored(inner, how) <= high <= stored(outer, how)


def test_exponentials_at_the_ends_of_numbers() -> None:
    x = np.array([np.inf, -np.inf, 0.0, 1e30, -1e30])
    for name in FORMATS:
        least, largest = reference.exponentials(x, 4.0, Arithmetic.of(FORMATS[name]))
        np.testing.assert_array_equal(np.delete(least, 2), [np.inf, 0, np.inf, 0])
        np.testing.assert_array_equal(np.delete(largest, 2), [np.inf, 0, np.inf, 0])
        assert least[2] <= 1 <= largest[2]

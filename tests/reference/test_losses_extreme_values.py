"""Values at the ends of a format, in rational arithmetic or with more digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from reference.formats import FORMATS, Format
from reference.losses import extreme_values as reference


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize("name", reference.PROBLEMS)
def test_numbers_and_values_are_of_the_format(name: str, fmt: Format) -> None:
    x = reference.numbers(name, fmt)
    np.testing.assert_array_equal(fmt.round(x), x)
    truth = reference.value(name, x[None], fmt)
    assert np.isfinite(truth.value).all()
    assert (np.abs(truth.value) <= fmt.largest).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_squares_and_products(fmt: Format) -> None:
    def found(name: str) -> Fraction:
        return Fraction(float(reference.value(name, reference.numbers(name, fmt)[None], fmt).value[0, 0]))

    def first(name: str) -> Fraction:
        return Fraction(float(reference.numbers(name, fmt)[0]))

    width = Fraction(reference.smooth_width(fmt))
    assert found("mean squared error") == first("mean squared error") ** 2 / 256
    assert found("smooth L1") == first("smooth L1") ** 2 / (2 * width)
    assert first("smooth L1") < width
    assert found("power") == 1 / first("power") ** 2
    balanced = [Fraction(float(v)) for v in reference.numbers("product", fmt)]
    assert balanced[0] * balanced[1] * balanced[2] * balanced[3] == 1
    assert balanced[0] ** 2 > fmt.largest


def test_tanhshrink_by_its_series() -> None:
    x = np.array([[2.0**-7, -(2.0**-8)]])
    with mpmath.workdps(40):
        exact = [float(v - mpmath.tanh(v)) for v in x[0]]
    np.testing.assert_allclose(reference.value("tanhshrink", x, FORMATS["float64"]).value[0], exact, rtol=1e-15)


def test_the_bound_is_thirty_two_roundings() -> None:
    fmt = FORMATS["float32"]
    truth = reference.value("many rows", np.full((2, reference.ROWS), 0.5), fmt)
    np.testing.assert_allclose(truth.value, np.log(2))
    np.testing.assert_allclose(truth.bound, 32 * fmt.u * np.log(2), rtol=1e-6)

"""Derivatives at extremes against difference quotients, series and limits."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from reference.autodiff import extreme_derivatives as reference
from reference.formats import float16, float64

FLOAT64 = float64
FUNCTIONS = {
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atan": mpmath.atan,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "elu": mpmath.expm1,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logsigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "sinc": mpmath.sincpi,
    "sinc, twice": mpmath.sincpi,
    "i1": lambda x: mpmath.besseli(1, x),
}


@pytest.mark.parametrize(
    ("name", "piece"),
    [(name, piece) for name in FUNCTIONS for piece in reference.SLOPES[name].pieces if piece != "huge"],
)
def test_derivatives_are_those_of_the_functions(name: str, piece: str) -> None:
    x = np.array(reference.arguments(name, piece, FLOAT64))
    found = reference.derivative(name, x, FLOAT64)
    with mpmath.workdps(60):
        expected = [float(mpmath.diff(FUNCTIONS[name], v, reference.SLOPES[name].order)) for v in x]
    np.testing.assert_allclose(found.value, expected, rtol=1e-14, atol=1e-18)


def test_two_equal_arguments() -> None:
    x = np.array([1e-300, 3.0, 1e300])
    np.testing.assert_allclose(reference.derivative("atan2", x, FLOAT64).value, 0.5 / x, rtol=1e-15)
    assert reference.derivative("hypot", x, FLOAT64).value.tolist() == [math.sqrt(0.5)] * 3


def test_the_bound_is_thirty_two_roundings_and_some_of_the_smallest_numbers() -> None:
    half = float16
    found = reference.derivative("exp", np.array([-9.0, 0.75]), half)
    extra = 4 * half.eta
    np.testing.assert_allclose(found.bound, 32 * half.u * found.value + extra, rtol=1e-6)


@pytest.mark.parametrize(("name", "piece"), [("sine", "huge"), ("exp", "huge")])
def test_other_pieces_are_refused(name: str, piece: str) -> None:
    with pytest.raises(ValueError, match=f"the derivative of '{name}' is not examined 'huge'"):
        reference.arguments(name, piece, FLOAT64)

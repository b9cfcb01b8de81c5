"""Derivatives of functions of one number: against their power series, in balls, and in float32 arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable

import flint
import numpy as np
import pytest
from flint import arb, arb_series

from reference import exact
from reference.autodiff.atoms import Atom, Function, program
from reference.autodiff.dual import Dual
from reference.autodiff.univariate import SMOOTH, UNIVARIATE_PROGRAMS
from reference.networks.univariate_functions import FUNCTIONS

ORDERS = (0, 1, 3, 7)
POINTS = {
    "acosh": (1.25, 2.5),
    **dict.fromkeys(("tan", "asin", "acos", "atanh", "erfinv"), (-0.75, 0.25, 0.875)),
    **dict.fromkeys(("log2", "log10", "entr", "lgamma", "digamma", "trigamma"), (0.5, 1.25, 2.25)),
    "ndtri": (0.125, 0.75),
}


def along(name: str, points: tuple[float, ...], u: float = 2.0**-50) -> Dual:
    """The function with its derivatives along 1, 1 and 1."""
    x = np.array([points])
    return UNIVARIATE_PROGRAMS[name](Dual.seeded(x, [np.ones(x.shape)] * 3, u=u, eta=0.0, tiny=0.0, units=4.0))


def taylor(ball: Callable[[arb], arb], point: float) -> list[float]:
    """f, f', f'' and f''' by central differences of high precision, accurate to 1e-20."""
    with exact.precision(640):
        h, at = arb(2) ** -40, arb(point)
        f = {k: ball(at + k * h) for k in range(-4, 5)}
        weights = (
            {0: 1},
            {1: 672, 2: -168, 3: 32, 4: -3, -1: -672, -2: 168, -3: -32, -4: 3},
            {
                0: -14350,
                **{s * k: w for s in (1, -1) for k, w in zip((1, 2, 3, 4), (8064, -1008, 128, -9), strict=True)},
            },
            {s * k: s * w for s in (1, -1) for k, w in zip((1, 2, 3, 4), (-488, 338, -72, 7), strict=True)},
        )
        scales = (1, 840, 5040, 240)
        found = [
            sum((w * f[k] for k, w in ws.items()), arb(0)) / (s * h**n)
            for n, (ws, s) in enumerate(zip(weights, scales, strict=True))
        ]
        return [float(d.mid()) for d in found]


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_are_those_of_the_function_of_the_table(name: str) -> None:
    points = POINTS.get(name, (-2.25, -0.375, 0.375, 2.25))
    found = along(name, points)
    for i, point in enumerate(points):
        for subset, derivative in zip(ORDERS, taylor(FUNCTIONS[name].ball, point), strict=True):
            truth = found.coefficient(subset)
            assert truth.value[0, i] == pytest.approx(derivative, rel=1e-11, abs=1e-12)
            assert abs(truth.value[0, i] - derivative) <= truth.bound[0, i]


def test_pieces_are_flat_outside() -> None:
    for name, ends, slope in (("relu6", (0, 6), 1.0), ("hardsigmoid", (-3, 3), 1 / 6)):
        found = along(name, (ends[0] - 0.25, ends[0] + 0.25, ends[1] - 0.25, ends[1] + 0.25))
        assert found.mid[1, 0] == pytest.approx([0.0, slope, slope, 0.0])
    assert along("hardshrink", (-0.75, -0.25, 0.25, 0.75)).mid[1, 0].tolist() == [1.0, 0.0, 0.0, 1.0]
    assert along("ndtr", (0.0,)).mid[1, 0] == pytest.approx([1 / math.sqrt(2 * math.pi)])


def test_errors_cover_formulas_in_float32() -> None:
    x = np.random.default_rng(0).uniform(0.1, 0.9, 2000).astype(np.float32)
    one, two = np.float32(1), np.float32(2)
    root = one / np.sqrt(one - x * x)
    tangent = np.tan(x)
    computed = {"asin": x * root * root * root, "tan": two * tangent * (one + tangent * tangent)}
    for name, second in computed.items():
        truth = along(name, tuple(x.astype(np.float64).tolist()), u=2.0**-24).coefficient(3)
        error = np.abs(second.astype(np.float64) - truth.value[0])
        assert (error <= truth.bound[0]).all()
        assert error.max() > 0.01 * truth.bound[0].max()


def test_terms_that_cancel_count_with_their_magnitude() -> None:
    """y'' for y' = a - b, of which both slopes are a + b: 0, by way of two terms of that magnitude each."""

    def atoms(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], _: float) -> dict[str, Atom]:
        return {letter: Atom(x, 0 * x) for letter in "aby"}

    slopes = {"y": {"a": 1.0, "b": -1.0}, "a": {"a": 1.0, "b": 1.0}, "b": {"a": 1.0, "b": 1.0}}
    x = np.array([[3.0]])
    made = program(Function({"y": 1.0}, slopes, atoms))
    found = made(Dual.seeded(x, [np.ones((1, 1))] * 2, u=2.0**-24, eta=0.0, tiny=0.0, units=4.0)).coefficient(3)
    assert found.value[0, 0] == 0
    assert found.bound[0, 0] >= 6 * 4 * 3.0 * 2.0**-24


def test_series_of_flint_agree_where_it_has_them() -> None:
    for name, function in {"tan": arb_series.tan, "asin": arb_series.asin, "lgamma": arb_series.lgamma}.items():
        series = function(flint.arb_series([arb(0.75), 1], prec=4))
        derivatives = [float(series[k].mid()) * math.factorial(k) for k in range(4)]
        found = along(name, (0.75,))
        assert [found.mid[s, 0, 0] for s in ORDERS] == pytest.approx(derivatives, rel=1e-12)

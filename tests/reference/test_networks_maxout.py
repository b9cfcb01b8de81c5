"""Tangents and maxima against fractions; bounds that roundings keep and use up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.networks import maxout as reference

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
ROUNDED = pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)


@pytest.mark.parametrize("k", [1, 2, 3, 8])
def test_of_the_square_both_bounds_are_attained(k: int) -> None:
    t = (-1 + 2 / k * (np.arange(k) + 0.5))[None]
    x = np.linspace(-1, 1, 2 * k + 1)[None]
    below = x**2 - (2 * t[:, None] * x[:, :, None] - t[:, None] ** 2).max(-1)
    near = reference.nearest_tangent("square", (-1.0, 1.0), x, t)
    np.testing.assert_allclose(below, near, atol=1e-14)
    assert below.max() == pytest.approx(reference.theorem("square", (-1.0, 1.0), t).item(), rel=1e-12)
    assert below.max() == pytest.approx(1 / k**2)


@pytest.mark.parametrize("name", reference.CURVES)
def test_curves_are_convex_with_the_curvature_they_name(name: str) -> None:
    curve, x, h = reference.CURVES[name], np.linspace(-3, 3, 601), 2.0**-8
    second = (curve.value(x + h) - 2 * curve.value(x) + curve.value(x - h)) / h**2
    assert (second > 0).all()
    assert second.max() <= curve.curvature(-3 - h, 3 + h) * (1 + 1e-6)
    np.testing.assert_allclose(
        (curve.value(x + h) - curve.value(x - h)) / (2 * h), curve.slope(x), rtol=1e-4, atol=1e-4
    )


@EVERY
def test_the_largest_piece_is_that_of_fractions(fmt: Format) -> None:
    rng = np.random.default_rng(2)
    x, w, c = (fmt.round(rng.standard_normal(shape)) for shape in ((5, 7), (5, 4), (5, 4)))
    truth = reference.maximum_of_pieces(x, w, c, Arithmetic.of(fmt))
    for i, j in np.ndindex(x.shape):
        pieces = [Fraction(a) * Fraction(x[i, j]) + Fraction(b) for a, b in zip(w[i], c[i], strict=True)]
        assert abs(Fraction(truth.value[i, j]) - max(pieces)) <= Fraction(truth.bound[i, j]) / 2


@ROUNDED
def test_rounding_of_pieces_stays_within_the_bound(fmt: Format) -> None:
    rng, r = np.random.default_rng(3), fmt.round
    x, w, c = (r(rng.standard_normal(shape)) for shape in ((50, 40), (50, 3), (50, 3)))
    truth = reference.maximum_of_pieces(x, w, c, Arithmetic.of(fmt))
    computed = r(r(x[:, :, None] * w[:, None]) + c[:, None]).max(-1)
    margin = np.abs(computed - truth.value) / truth.bound
    assert 0.7 < margin.max() <= 1


@ROUNDED
@pytest.mark.parametrize("name", reference.CURVES)
def test_rounding_of_tangents_stays_within_the_bounds(fmt: Format, name: str) -> None:
    t, r = fmt.round(np.random.default_rng(4).uniform(-3, 3, (1, 2000))), fmt.round
    slope, intercept = reference.tangent_pieces(name, t, 4.0, Arithmetic.of(fmt))
    value = {"square": lambda: r(t * t), "exp": lambda: r(np.exp(t)), "log cosh": lambda: r(np.log(r(np.cosh(t))))}[
        name
    ]()
    w = {"square": lambda: r(2 * t), "exp": lambda: value, "log cosh": lambda: r(r(1 / r(np.cosh(t))) * r(np.sinh(t)))}[
        name
    ]()
    c = r(value - r(w * t))
    for computed, truth in ((w, slope), (c, intercept)):
        margin = np.abs(computed - truth.value) / truth.bound
        assert margin.max() <= 1
        assert margin.max() > 0.05 or name == "square"


@EVERY
def test_the_maximum_by_a_rectifier(fmt: Format) -> None:
    a, b = np.array([1.0, 2.0, -3.0, fmt.largest]), np.array([2.0, 1.0, -3.0, -fmt.largest])
    truth = reference.maximum(a, b, Arithmetic.of(fmt))
    assert truth.value.tolist() == [2.0, 2.0, -3.0, fmt.largest]
    assert truth.bound[0] == truth.bound[2] == 0
    assert fmt.u <= truth.bound[1] <= 4 * fmt.u
    assert truth.bound[3] == np.inf


@ROUNDED
def test_rounding_of_maxima_stays_within_the_bound(fmt: Format) -> None:
    rng, r = np.random.default_rng(5), fmt.round
    x = r(rng.standard_normal((3000, 7)) * 10.0 ** rng.uniform(-3, 3, (3000, 7)))

    def one(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return r(r(np.maximum(r(a - b), 0)) + b)

    truth = reference.maximum(x[:, 0], x[:, 1], Arithmetic.of(fmt))
    error = np.abs(one(x[:, 0], x[:, 1]) - truth.value)
    assert (error <= truth.bound).all()
    assert (error > 0.8 * truth.bound)[truth.bound > 0].any()
    tree = one(one(one(x[:, 0], x[:, 3]), one(x[:, 2], x[:, 5])), one(one(x[:, 1], x[:, 4]), x[:, 6]))
    assert (np.abs(tree - x.max(-1)) <= 3 * reference.maximum_by_tree(x, Arithmetic.of(fmt)).bound).all()


def test_a_single_number_is_its_maximum() -> None:
    truth = reference.maximum_by_tree(np.array([[3.0], [-0.5]]), Arithmetic.of(float64))
    assert truth.value.tolist() == [3.0, -0.5]
    assert not truth.bound.any()

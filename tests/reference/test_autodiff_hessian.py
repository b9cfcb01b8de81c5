"""Products with Hessians against fractions, and curvatures of known Hessians."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.autodiff import hessian as reference
from reference.formats import FORMATS, Arithmetic, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_products_are_those_of_fractions(fmt: Format) -> None:
    rng = np.random.default_rng(0)
    h, v = fmt.round(rng.standard_normal((4, 5, 5))), fmt.round(rng.standard_normal((4, 5)))
    truth = reference.product(h, v, Arithmetic.of(fmt))
    for i, j in np.ndindex(v.shape):
        exact = sum(Fraction(a) * Fraction(c) for a, c in zip(h[i, j], v[i], strict=True))
        assert abs(Fraction(truth.value[i, j]) - exact) <= Fraction(truth.bound[i, j]) / 2


@EVERY
def test_whole_numbers_that_are_held_are_exact(fmt: Format) -> None:
    h, v = np.full((1, 4, 4), 2.0), np.array([[1.0, -2.0, 2.0, 1.0]])
    truth = reference.product(h, v, Arithmetic.of(fmt))
    assert truth.value.tolist() == [[4.0] * 4]
    assert not truth.bound.any()
    assert reference.product(h * 2.0**60, v, Arithmetic.of(FORMATS["float64"])).bound.all()


@EVERY
def test_roundings_stay_within_the_bound(fmt: Format) -> None:
    if fmt.name == "float64":
        return
    rng, r = np.random.default_rng(1), fmt.round
    h, v = r(rng.standard_normal((200, 3, 3))), r(rng.standard_normal((200, 3)))
    h = np.tril(h) + np.tril(h, -1).swapaxes(-1, -2)
    each = r((h @ (v / 2)[..., None])[..., 0])
    truth = reference.product(h, v, Arithmetic.of(fmt))
    margin = np.abs(r(2 * each) - truth.value) / truth.bound
    assert 0.02 < margin.max() <= 1


def test_curvatures_lie_between_the_eigenvalues() -> None:
    h, v = np.diag([1.0, -2.0, 5.0])[None], np.array([[0.0, 1.0, 0.0]])
    found = reference.curvatures(h, v, Arithmetic.of(FORMATS["float32"]))
    assert found.least.item() == pytest.approx(-2)
    assert found.most.item() == pytest.approx(5)
    assert 0 < found.slack.item() < 1e-5
    assert np.isfinite(reference.curvatures(h, 0 * v, Arithmetic.of(FORMATS["float32"])).slack).all()


def test_curvatures_along_short_directions_allow_for_underflow() -> None:
    """The hunt found it: the square of v is subnormal in float16."""
    fmt = FORMATS["float16"]
    h, v = np.array([[[0.21875]]]), np.array([[-0.00548553466796875]])
    product = fmt.round(h[..., 0] * v)
    quotient = fmt.round(fmt.round(v * product) / fmt.round(v * v))
    least, most, slack = reference.curvatures(h, v, Arithmetic.of(fmt))
    assert least - quotient[:, 0] > 0.0008
    assert (least - slack <= quotient[:, 0]).all()
    assert (quotient[:, 0] <= most + slack).all()
    assert reference.curvatures(h, fmt.round(v / 64), Arithmetic.of(fmt)).slack == np.inf

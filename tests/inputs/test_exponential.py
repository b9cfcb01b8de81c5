"""Matrices whose exponentials stay in range."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.exponential import KINDS, Exponent, exponents
from reference.formats import FORMATS, Format, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners_have_exponentials_in_the_range_of_float32(rng: np.random.Generator, fmt: Format) -> None:
    for corner in exponents().corners:
        (a,) = corner.make(rng, 8, fmt)
        assert np.isfinite(a).all()
        assert np.abs(a).sum(-2).max(initial=0.0) < 60


def test_kinds(rng: np.random.Generator) -> None:
    assert {c.kind for c in exponents().corners} == {*KINDS}
    (skew,) = Exponent(5, "skew").make(rng, 4, float64)
    assert np.array_equal(skew, -skew.swapaxes(-1, -2))
    (generator,) = Exponent(4, "generator").make(rng, 4, float64)
    assert np.array_equal(generator.sum(-1), np.zeros((4, 4)))
    (mixed,) = Exponent(3, "mixed").make(rng, 24, float64)
    sizes = np.abs(mixed).sum((-2, -1))
    assert sizes.max() > 1000 * sizes.min()
    with pytest.raises(ValueError, match="no matrix"):
        Exponent(2, "random")


def test_several_matrices_at_a_time() -> None:
    assert Exponent(33).batch(256, 1024) == 2
    assert Exponent(2).batch(256, 1 << 14) == Exponent.most

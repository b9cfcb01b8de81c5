"""Ranks, fixed weights and steps of gradient descent against fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, bfloat16, float32
from reference.initialization import starting_point as reference


def test_ranks_are_exact() -> None:
    third = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0 + 2.0**-50]])
    assert reference.rank(third) == 2
    assert reference.rank(np.array([[1.0, 2.0], [2.0, 4.0]])) == 1
    assert reference.rank(np.zeros((0, 3))) == 0


@pytest.mark.parametrize("name", ["constant", "zeros", "ones", "eye"])
def test_fixed_weights_have_their_ranks(name: str) -> None:
    for shape in ((3, 7), (9, 4)):
        w = reference.fixed_weight(name, shape, float32)
        assert reference.rank(w) == reference.expected_rank(name, shape)
    assert (reference.fixed_weight("eye", (3, 7), float32) == np.eye(3, 7)).all()


def test_dirac_keeps_the_channels() -> None:
    w = reference.fixed_weight("dirac", (2, 3, 3), float32)
    assert w[:, :, 1].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert w.sum() == 2


def test_a_step_is_the_gradient_step_of_the_squared_error() -> None:
    rng = np.random.default_rng(0)
    w, v, x, t = (rng.integers(-1, 2, (1, *s)).astype(np.float64) for s in ((4, 3), (2, 4), (3, 3), (3, 2)))

    def loss(weights: np.ndarray, outgoing: np.ndarray) -> Fraction:
        h = np.maximum(x[0] @ weights.T, 0)
        return sum((Fraction(float(d)) ** 2 for d in (h @ outgoing.T - t[0]).ravel()), Fraction(0)) / 2

    found = reference.step(w, v, x, t, float32)
    assert found.exactly.all()
    assert (found.w == w - found.of_w / 4).all()
    for i, j in ((0, 0), (1, 2), (0, 3)):
        moved = v[0].copy()
        moved[i, j] += 2.0**-20
        lower = v[0].copy()
        lower[i, j] -= 2.0**-20
        assert float((loss(w[0], moved) - loss(w[0], lower)) * 2**19) == found.of_v[0, i, j]
    off_kink = (np.abs(x[0] @ w[0].T) > 0).all(0)
    for i in np.flatnonzero(off_kink):
        upper, under = w[0].copy(), w[0].copy()
        upper[i, 1] += 2.0**-20
        under[i, 1] -= 2.0**-20
        assert float((loss(upper, v[0]) - loss(under, v[0])) * 2**19) == pytest.approx(found.of_w[0, i, 1])


def test_large_sums_are_not_exact_in_narrow_formats() -> None:
    w, v, x, t = np.ones((1, 300, 2)), np.ones((1, 1, 300)), np.ones((1, 1, 2)), np.zeros((1, 1, 1))
    assert not reference.step(w, v, x, t, bfloat16).exactly.any()
    assert reference.step(w, v, x, t, FORMATS["float64"]).exactly.all()

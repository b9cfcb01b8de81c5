"""The amplification of noise by ridge: its formula, where it is attained, and that its bound holds for NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.systems import ExactRank
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra.pseudoinverse_limit import regularised
from reference.regularization.ridge import amplification, risk

FORMATS = [float32, float64]


@pytest.mark.parametrize("regime", [ExactRank(1, 1), ExactRank(4, 2), ExactRank(2, 5), ExactRank(4, 4, deficiency=1)])
@pytest.mark.parametrize("fmt", FORMATS)
def test_amplification_is_the_largest_d_over_d_squared_plus_lambda(regime: ExactRank, fmt: Format) -> None:
    (a,) = regime.make(np.random.default_rng(1), 20, float32)
    alpha, how = np.full(20, 0.25), Arithmetic.of(fmt)
    found = amplification(regularised(a, alpha), how, how)
    d = np.linalg.svd(a, compute_uv=False)
    assert np.allclose(found.truth.value, (d / (d**2 + 0.25)).max(-1), rtol=1e-9)
    assert np.all(found.truth.value <= found.largest * (1 + 1e-12))
    x = a.astype(fmt.name)
    gram = x.swapaxes(-1, -2) @ x + x.dtype.type(0.25) * np.eye(x.shape[-1], dtype=fmt.name)
    norm = np.linalg.norm(np.linalg.solve(gram, x.swapaxes(-1, -2)), 2, (-2, -1)).astype(np.float64)
    assert np.all(np.abs(norm - found.truth.value) <= found.truth.bound)


def test_the_bound_is_attained_where_the_root_is_a_singular_value() -> None:
    how = Arithmetic.of(float64)
    found = amplification(regularised(np.array([[[2.0, 0.0], [0.0, 8.0]]]), np.array([4.0])), how, how)
    assert found.truth.value.item() == pytest.approx(found.largest.item()) == 0.25


def test_a_vanishing_penalty_leaves_the_norm_open() -> None:
    how = Arithmetic.of(float32)
    found = amplification(regularised(np.ones((1, 2, 2)), np.array([2.0**-30])), how, how)
    assert np.isinf(found.truth.bound).all()


def test_mean_squared_error_is_that_of_the_formula() -> None:
    d, alpha, w = np.array([2.0, 4.0]), 0.5, np.array([[1.0, -3.0]])
    r, how = regularised(np.diag(d)[None], np.array([alpha])), Arithmetic.of(float64)
    found = risk(r, np.diag(d)[None], w, np.array([0.25]), how, how)
    expected = ((0.25 * d**2 + alpha**2 * w**2) / (d**2 + alpha) ** 2).sum()
    assert found.ridge.value.item() == pytest.approx(expected)
    assert found.least_squares.value.item() == pytest.approx((0.25 / d**2).sum())
    assert found.ridge.bound.item() < 1e-10

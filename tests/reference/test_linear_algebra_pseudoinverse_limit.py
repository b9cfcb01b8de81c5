"""Tikhonov's limit: exact values by another formula, the rate of convergence, bounds that hold and are not loose."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from flint import fmpq_mat
from numpy.typing import NDArray

from claims.frame.inputs.pseudoinverse_limit import Penalty
from claims.frame.inputs.systems import ExactRank
from reference import exact
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import pseudoinverse_limit as reference
from reference.linear_algebra.residuals import frobenius

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
MATRICES = [
    ExactRank(1, 1),
    ExactRank(3, 2),
    ExactRank(2, 4),
    ExactRank(4, 4, deficiency=2),
    ExactRank(3, 5, deficiency=1),
    ExactRank(2, 3, deficiency=2),
]


def made(regime: ExactRank, k: int, count: int = 20) -> tuple[Float64, Float64]:
    (a,) = regime.make(np.random.default_rng(k), count, float32)
    return a, np.full(count, 4.0**-k)


@pytest.mark.parametrize("regime", MATRICES)
@pytest.mark.parametrize("k", [0, 2, 9])
def test_values_are_those_of_the_dual_formula(regime: ExactRank, k: int) -> None:
    a, alpha = made(regime, k)
    found = reference.regularised(a, alpha)
    m = regime.rows
    for matrix, penalty, value in zip(a, alpha, found.value, strict=True):
        q = exact.rational_matrix(matrix)
        ridge = fmpq_mat(m, m, [exact.rational(penalty if i == j else 0.0) for i in range(m) for j in range(m)])
        dual = q.transpose() * (q * q.transpose() + ridge).inv()
        assert np.array_equal(exact.nearest_array(dual), value)


@pytest.mark.parametrize("regime", MATRICES[:-1])
@pytest.mark.parametrize("k", [0, 3, 10])
def test_the_distance_from_the_pseudoinverse_is_that_of_the_claim(regime: ExactRank, k: int) -> None:
    a, alpha = made(regime, k)
    found = reference.regularised(a, alpha)
    s = np.linalg.svd(a, compute_uv=False)[:, : regime.rank]
    distance = np.linalg.norm(found.value - found.inverses.value, 2, (-2, -1))
    assert np.allclose(distance, (alpha[:, None] / (s * (s**2 + alpha[:, None]))).max(-1), rtol=1e-6)
    assert np.all(distance <= found.gap)
    assert k < 10 or np.all(distance > found.gap * 0.99)


def test_beyond_zero_the_distance_exceeds_the_gap() -> None:
    a = np.array([[[1.0, 0.0], [0.0, 2.0]]])
    found = reference.regularised(a, np.array([-(2.0**-4)]))
    assert np.linalg.norm(found.value - found.inverses.value, 2, (-2, -1)) > np.abs(found.gap)


@pytest.mark.parametrize("regime", MATRICES)
def test_norms_of_inverse_gram_matrices(regime: ExactRank) -> None:
    a, alpha = made(regime, 2)
    found = reference.regularised(a, alpha)
    at = a.swapaxes(-1, -2)
    for gram in (at @ a, a @ at):
        n = gram.shape[-1]
        truth = np.linalg.norm(np.linalg.inv(gram + alpha[:, None, None] * np.eye(n)), 2, (-2, -1))
        assert np.allclose(found.inverse_gram_norm(n), truth, rtol=1e-9)


def by_formula(name: str, a: Float64, alpha: Float64, fmt: Format) -> Float64:
    x = a.astype(fmt.name)
    xt = x.swapaxes(-1, -2)
    ridge = alpha.astype(fmt.name)[:, None, None]
    if name == "primal":
        found = np.linalg.solve(xt @ x + ridge * np.eye(x.shape[-1], dtype=fmt.name), xt)
    else:
        found = xt @ np.linalg.inv(x @ xt + ridge * np.eye(x.shape[-2], dtype=fmt.name))
    return np.asarray(found.astype(np.float64))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", MATRICES)
def test_formulas_stay_within_their_bounds(regime: ExactRank, fmt: Format) -> None:
    arithmetic, finite = Arithmetic.of(fmt), 0
    for k in (0, 1, 3, 5):
        a, alpha = made(regime, k, 50)
        found = reference.regularised(a, alpha)
        for name, bounds in (("primal", reference.primal), ("dual", reference.dual)):
            bound = bounds(found, arithmetic)
            finite += int(np.isfinite(bound).sum())
            assert np.all(frobenius(by_formula(name, a, alpha, fmt) - found.value) <= bound)
    assert finite > 200


@pytest.mark.parametrize(("name", "bounds"), [("primal", reference.primal), ("dual", reference.dual)])
def test_bounds_are_within_a_factor_of_a_hundred(name: str, bounds: object) -> None:
    worst = 0.0
    for regime in (ExactRank(2, 1), ExactRank(1, 2), ExactRank(2, 2)):
        rng = np.random.default_rng(5)
        a, alpha = float32.round(rng.standard_normal((500, regime.rows, regime.cols))), np.full(500, 0.25)
        found = reference.regularised(a, alpha)
        bound = bounds(found, Arithmetic.of(float32))  # type: ignore[operator]
        worst = max(worst, float((frobenius(by_formula(name, a, alpha, float32) - found.value) / bound).max()))
    assert 1 / 100 < worst <= 1


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", [m for m in MATRICES if m.rank])
def test_stacked_problems_have_the_regularised_pseudoinverse_for_solution(regime: ExactRank, fmt: Format) -> None:
    a, alpha = made(regime, 3)
    found, problem = reference.regularised(a, alpha), reference.stacked(a, alpha)
    assert np.array_equal(problem.exact.x, found.value)
    pairs = zip(problem.left.astype(fmt.name), problem.right.astype(fmt.name), strict=True)
    x = np.stack([np.linalg.lstsq(left, right, rcond=None)[0] for left, right in pairs]).astype(np.float64)
    bound = reference.by_least_squares(found, problem, x, "gelsd", Arithmetic.of(fmt))
    assert np.all(frobenius(x - found.value) <= bound)
    assert np.isfinite(bound).all()


def test_a_penalty_that_is_rounded_away_leaves_singular_matrices_undetermined() -> None:
    (a,) = ExactRank(4, 4, deficiency=1).make(np.random.default_rng(6), 5, float32)
    found = reference.regularised(a, np.full(5, 2.0**-24))
    for bounds in (reference.primal, reference.dual):
        assert np.isinf(bounds(found, Arithmetic.of(float32))).all()
        assert np.isinf(bounds(found, Arithmetic.of(float64))).sum() == 0
    huge = reference.regularised(np.full((1, 1, 1), 2.0**65), np.ones(1))
    assert np.isinf(reference.primal(huge, Arithmetic.of(float32))).all()


@pytest.mark.parametrize("fmt", FORMATS)
def test_half_of_the_digits_are_the_best_that_a_singular_matrix_allows(fmt: Format) -> None:
    regime = Penalty(ExactRank(3, 3, deficiency=1), rounded=True)
    a, _ = regime.make(np.random.default_rng(7), 50, fmt)
    found, arithmetic = reference.regularised(a, np.ones(50)), Arithmetic.of(fmt)
    limits, alphas = found.inverses, reference.sweep(found, arithmetic)
    assert all(np.array_equal(4 * after, before) for before, after in itertools.pairwise(alphas))
    ratio = alphas[2] / (fmt.u**0.5 * limits.norms.frobenius**2)
    assert np.all((ratio > 0.99) & (ratio < 6))
    best = np.min([frobenius(by_formula("primal", a, alpha, fmt) - limits.value) for alpha in alphas], axis=0)
    bound = reference.best_of_sweep(found, arithmetic)
    assert np.all(best <= bound)
    assert (best / bound).max() > 1 / 100
    far_too_small = by_formula("primal", a, alphas[-1] / 64, fmt)
    assert np.quantile(frobenius(far_too_small - limits.value) / best, 0.9) > 4

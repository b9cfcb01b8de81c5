"""BND-SVD against LAPACK: certified singular values, exact residuals."""

from __future__ import annotations

import numpy as np
import pytest

from reference.bounds import (
    convergence_factor,
    svd_orthogonality_error,
    svd_residual_error,
    svd_values_error,
    svdvals_error,
)
from reference.exact import frobenius_norm, rational_matrix, residual_norm, singular_values
from reference.formats import Arithmetic, Format, float32, float64
from tests.reference.emulation import Float64, attained


def spectrum(rng: np.random.Generator, m: int, n: int, values: Float64) -> Float64:
    """A matrix with about the given singular values."""
    k = min(m, n)
    u, v = (np.linalg.qr(rng.normal(size=(size, k)))[0] for size in (m, n))
    return (u * values) @ v.T


def matrices(format: Format) -> list[Float64]:
    rng = np.random.default_rng(22)
    shapes = [(1, 1), (2, 2), (3, 3), (4, 7), (7, 4), (12, 12)]
    found = [spectrum(rng, m, n, np.geomspace(1, format.u, min(m, n))) for m, n in shapes]
    found += [rng.normal(size=shape) for shape in shapes]
    found += [np.ones((5, 3)), np.zeros((3, 4)), np.outer(np.arange(1.0, 5), np.arange(1.0, 4))]
    return [format.round(a) for a in found]


def test_the_convergence_factor_is_that_of_xbdsqr() -> None:
    assert convergence_factor(float32.u) == 10
    assert convergence_factor(float64.u) == pytest.approx(98.70, abs=0.005)
    assert convergence_factor(2.0**-200) == 100


@pytest.mark.parametrize("format", [float32, float64])
def test_lapack_stays_within_the_bounds(format: Format) -> None:
    arithmetic = Arithmetic.of(format)
    for a in matrices(format):
        m, n = a.shape
        u, s, vt = (x.astype(np.float64) for x in np.linalg.svd(a.astype(format.name), full_matrices=False))
        values = np.linalg.svd(a.astype(format.name), compute_uv=False).astype(np.float64)
        exact = singular_values(a)
        norm = np.array(frobenius_norm(rational_matrix(a))[1])
        assert residual_norm(a, u, s, vt)[1] <= svd_residual_error(norm, m, n, arithmetic)
        for factor in (u, vt.T):
            assert residual_norm(np.eye(len(s)), factor.T, factor)[1] <= svd_orthogonality_error(m, n, arithmetic)
        for computed, bound in ((s, svd_values_error), (values, svdvals_error)):
            slack = bound(exact.upper[0], m, n, arithmetic)
            assert np.all(computed - exact.upper <= slack)
            assert np.all(exact.lower - computed <= slack)


def test_the_residual_bound_is_within_a_factor_of_three_on_a_graded_spectrum() -> None:
    # Where LAPACK neglects an off-diagonal entry just below its tolerance.
    arithmetic, worst = Arithmetic.of(float64), 0.0
    rng = np.random.default_rng(23)
    for _ in range(60):
        a = spectrum(rng, 3, 3, np.array([1, 1e-8, 1e-16]))
        residual = residual_norm(a, *np.linalg.svd(a))[0]
        norm = np.array(frobenius_norm(rational_matrix(a))[1])
        worst = max(worst, residual / float(svd_residual_error(norm, 3, 3, arithmetic)))
    assert attained(np.array(worst), 1 / 3)


def test_the_orthogonality_bound_is_within_a_factor_of_four_on_small_matrices() -> None:
    arithmetic, worst = Arithmetic.of(float64), 0.0
    rng = np.random.default_rng(24)
    for _ in range(150):
        u, _, vt = np.linalg.svd(rng.normal(size=(4, 4)))
        for q in (u, vt):
            worst = max(worst, residual_norm(np.eye(4), q.T, q)[0] / svd_orthogonality_error(4, 4, arithmetic))
    assert attained(np.array(worst), 1 / 4)


def test_norms_that_overflow_leave_the_decomposition_undetermined() -> None:
    arithmetic = Arithmetic.of(float32)
    norms = np.array([1.0, np.inf, 3.5e38])
    for bound in (svd_residual_error, svd_values_error, svdvals_error):
        assert np.isfinite(bound(norms, 3, 3, arithmetic)).tolist() == [True, False, False]

"""Left eigenvectors, and complex eigenvalues of real normal matrices."""

from __future__ import annotations

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from reference.bounds import Balanced, eig_error
from reference.formats import Arithmetic
from reference.linear_algebra.eigen import COMPLEX, Basis
from reference.linear_algebra.residuals import frobenius
from reference.rounding import U64, gamma, silent, upward

Float64 = NDArray[np.float64]
Complex128 = NDArray[np.complex128]


@silent
def rows_of_inverse_error(a: Float64, w: Complex128, basis: Basis, arithmetic: Arithmetic) -> Float64:
    """||X A - diag(w) X|| (...) for the computed inverse X of computed eigenvectors V, in the Frobenius norm.

    V^-1 A - diag(w) V^-1 = V^-1 R V^-1 with R = A V - V diag(w) (BND-EIG), and X misses V^-1 by
    gamma_{3n} kappa ||V^-1|| (calibrated as for inverses of real matrices). The reference evaluates the residual in
    float64: 8 n u of its terms.
    """
    n, u = a.shape[-1], arithmetic.result.u
    size = frobenius(a) + np.abs(w).max(-1, initial=0.0)
    missed = COMPLEX * gamma(3 * n, u) * basis.kappa * basis.inverse_frobenius
    own = 8 * n * U64 * size * (basis.inverse_frobenius + missed)
    return np.asarray(upward(basis.residual * basis.inverse**2 + size * missed + own, n))


def left_residuals(a: Float64, w: Complex128, x: Complex128) -> Complex128:
    """X A - diag(w) X (..., n, n) for rows X that should be left eigenvectors."""
    return np.asarray(x @ a - w[..., None] * x)


def matched(found: Complex128, known: Complex128) -> Float64:
    """The largest distance (batch,) of found from known eigenvalues (batch, n), paired as closely as possible.

    The assignment has the least sum of distances; NaN where a value is not finite.
    """
    distances = np.abs(found[:, :, None] - known[:, None, :])
    worst = np.zeros(len(found))
    for i, d in enumerate(distances):
        if not np.isfinite(d).all():
            worst[i] = np.nan
        elif d.size:
            worst[i] = d[scipy.optimize.linear_sum_assignment(d)].max()
    return worst


@silent
def inverse_error(v: Complex128, basis: Basis, arithmetic: Arithmetic) -> Float64:
    """||X V - I|| (...) for the computed inverse X of V: its error times ||V||, and 8 n u of float64's product."""
    n, size = v.shape[-1], np.sqrt((np.abs(v) ** 2).sum((-2, -1)))
    missed = COMPLEX * gamma(3 * n, arithmetic.result.u) * basis.kappa * basis.inverse_frobenius
    return np.asarray(upward((missed + 8 * n * U64 * basis.inverse_frobenius) * size, n))


@silent
def normal_eigenvalue_error(balanced: Balanced, arithmetic: Arithmetic) -> Float64:
    """How far computed eigenvalues of a normal matrix may lie from its own where they are paired, (batch,).

    Each lies in a disc of radius ||E|| around one of them (Bauer and Fike, kappa = 1), and by continuity a connected
    component of m discs holds m of either, so they are paired within (2n - 1) ||E||.
    """
    n = balanced.matrix.shape[-1]
    return np.asarray(upward(max(1, 2 * n - 1) * (eig_error(balanced, arithmetic) + 4 * U64 * balanced.norm)))

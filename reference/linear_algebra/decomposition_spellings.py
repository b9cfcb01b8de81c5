"""What every spelling of a determinant, of eigenvalues and of a product of factors must give.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.bounds import svd_residual_error
from reference.bounds.eigh import eigh_residual_error
from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import product_error
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.singularity import Factors, determinant, logarithm
from reference.linear_algebra.symmetric_eigen import eigenvalues
from reference.rounding import gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

EXP = 4
"""Units roundoff that an exponential may be wrong by (calibrated on torch's kernels)."""


@silent
def determinant_by_logarithm(a: Float64, factors: Sequence[Factors], arithmetic: Arithmetic) -> Truth:
    """det A (batch,) as the exponential of its logarithm: if that errs by b, a relative e^b (1 + 4u) - 1."""
    value, (_, log) = determinant(a, factors, arithmetic).value, logarithm(a, factors, arithmetic)
    moved = np.expm1(log.bound) + EXP * arithmetic.result.u * np.exp(log.bound)
    return Truth(value, upward(moved * np.abs(value) + arithmetic.result.eta))


@silent
def any_eigenvalues(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Eigenvalues (batch, n) of symmetric matrices, ascending, by algorithms for symmetric or for general ones.

    xGEEV finds the eigenvalues of A + E, ||E||_F <= 30 sqrt(n) u ||A||_F (BND-EIG, calibrated; a symmetric matrix is
    balanced). They can be matched with those of the normal A such that none is farther apart than sqrt(n) ||E||_F (Sun,
    Linear Algebra Appl. 246 (1996), 215-223), and their real parts, sorted, are not farther apart than that.
    """
    exact = eigenvalues(a, arithmetic)
    n = a.shape[-1]
    general = 30 * n * arithmetic.result.u * frobenius(a) + 4 * n * arithmetic.result.eta
    return Truth(exact.value, upward(exact.bound + general[:, None]))


@silent
def multiplied_factors(a: Float64, arithmetic: Arithmetic, *, positive: bool = False) -> Truth:
    """A (batch, m, n) as the product of its SVD, QR or LU factors: bounds on the Frobenius norm.

    A backward error: BND-SVD, which covers Householder's QR factorisation (ASNA theorem 19.4; calibrated), or for LU
    gamma_n |L||U| (theorem 9.3), |L||U| taken to be at most k ||A||_F, k = min(m, n) (calibrated: partial pivoting).
    The product adds gamma_{k+2} times the norms of its factors (ASNA (3.13)), sqrt(max(m, n)) ||A||_F for orthogonal
    ones, and again k ||A||_F for L and U, twice with the permutation. A `positive` definite matrix has also eigenvalues
    (BND-EIGH) and Cholesky's factor: |A - L L^T| <= gamma_{n+1} |L||L^T|, of norm at most Tr A (theorem 10.3).
    """
    m, n = a.shape[-2:]
    k, norm = min(m, n), frobenius(a)
    product = product_error(max(m, n) + 2, arithmetic)
    backward = svd_residual_error(norm, m, n, arithmetic) + gamma(k, arithmetic.result.u) * k * norm
    if positive:
        size = np.trace(a, axis1=-2, axis2=-1)
        cholesky = (gamma(n + 1, arithmetic.result.u) + product) * size
        backward = np.maximum(backward, np.maximum(cholesky, eigh_residual_error(norm, n, arithmetic)))
    together = backward + product * (max(m, n) ** 0.5 + 2 * k) * norm + m * n * k * arithmetic.result.eta
    return Truth(a, upward(together))

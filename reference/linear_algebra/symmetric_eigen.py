"""Symmetric matrices: certified eigenvalues, how far computed factors are from a decomposition, quadratic forms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import (
    Chain,
    eigh_orthogonality_error,
    eigh_residual_error,
    eigh_values_error,
    svdvals_error,
)
from reference.double_double import normalise
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import (
    MATRIX,
    Defect,
    Residual,
    defect,
    frobenius,
    identity_minus_gram,
    reconstruction_residual,
    residual,
    times_diagonal,
    vector_residual,
)
from reference.memory import remembered
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


@silent
def reconstruction(a: Float64, values: Float64, q: Float64, arithmetic: Arithmetic) -> Defect:
    """A - Q diag(values) Q^T for A and Q (..., n, n); ||.||_F within BND-EIGH."""
    bound = eigh_residual_error(frobenius(a), a.shape[-1], arithmetic)
    return defect(reconstruction_residual(a, q, values, q.swapaxes(-1, -2)), bound)


@silent
def vector_defects(a: Float64, values: Float64, q: Float64, arithmetic: Arithmetic) -> Defect:
    """The columns A q_i - l_i q_i as rows (..., n, n); their 2-norms within BND-EIGH.

    A Q - Q L = (A - Q L Q^T) Q + Q L (Q^T Q - I), so the bound is that of the residual plus 16 n u ||A||_F.
    """
    r = vector_residual(a, q, values, q)
    return defect(Residual(r.value, r.error[..., None]), _vector_error(a, arithmetic)[..., None])


def _vector_error(a: Float64, arithmetic: Arithmetic) -> Float64:
    n, norm = a.shape[-1], frobenius(a)
    return eigh_residual_error(norm, n, arithmetic) + upward(eigh_orthogonality_error(n, arithmetic) * norm)


def orthogonality(q: Float64, arithmetic: Arithmetic) -> Defect:
    """I - Q^T Q for Q (..., n, n); ||.||_F within BND-EIGH."""
    bound = np.full(q.shape[:-2], eigh_orthogonality_error(q.shape[-1], arithmetic))
    return defect(identity_minus_gram(q), bound)


@remembered
def certified_eigenvalues(a: Float64) -> Truth:
    """Eigenvalues of symmetric (..., n, n), shape (..., n), ascending; the bound is rigorous.

    A = Q L Q^T + E with float64 factors from LAPACK. By Weyl |l_i(A) - l_i(Q L Q^T)| <= ||E||_F, and by Ostrowski
    l_i(Q L Q^T) = t_i l_i with t_i between the extreme eigenvalues of Q Q^T, hence |t_i - 1| <= ||Q^T Q - I|| (Horn and
    Johnson, Matrix Analysis, 2nd ed., corollary 4.3.15 and theorem 4.5.9). E and Q^T Q - I are evaluated far below
    float64's rounding, so the certificate does not trust LAPACK.
    """
    scaled, e = normalise(a, MATRIX)
    values, q = np.linalg.eigh(scaled)
    rest = residual(scaled, times_diagonal(q, values), q.swapaxes(-1, -2))
    stretch = identity_minus_gram(q)
    moved = frobenius(rest.value) + rest.error
    radius = upward(moved[..., None] + (frobenius(stretch.value) + stretch.error)[..., None] * np.abs(values))
    k = e[..., 0]
    return Truth(np.ldexp(values, k), np.ldexp(radius, k) + 2.0**-1074)


@silent
def eigenvalues(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Eigenvalues (..., n) of symmetric (..., n, n), ascending, with BND-EIGH and the reference's own error."""
    exact = certified_eigenvalues(a)
    largest = (np.abs(exact.value) + exact.bound).max(-1, initial=0.0)
    allowed = eigh_values_error(largest, a.shape[-1], arithmetic)[..., None]
    return exact._replace(bound=np.broadcast_to(allowed, exact.value.shape) + exact.bound)


@silent
def spectral_norm(a: Float64, arithmetic: Arithmetic) -> Truth:
    """||A||_2 (...) = max |l_i| of symmetric (..., n, n), n > 0, with the bound of the singular values alone."""
    exact, n = certified_eigenvalues(a), a.shape[-1]
    largest, own = np.abs(exact.value).max(-1), exact.bound.max(-1)
    return Truth(largest, upward(svdvals_error(largest + own, n, n, arithmetic) + own))


def apart(q: Float64, p: Float64) -> Float64:
    """Distances min(||q_i - p_i||, ||q_i + p_i||) of the columns (..., n, n), shape (..., n): whatever their signs."""
    sums, differences = ((q + p) ** 2).sum(-2), ((q - p) ** 2).sum(-2)
    return np.asarray(np.sqrt(np.minimum(sums, differences)))


@silent
def apart_at_most(a: Float64, arithmetic: Arithmetic) -> Float64:
    """What `apart` is at most for two computed decompositions of symmetric (..., n, n), shape (..., n).

    Computed eigenvectors are, up to 16 n u, those of A + E with ||E|| <= BND-EIGH + 32 n u ||A||_F, so the sine of the
    angle to the exact one is at most 2 ||E|| / gap, gap the distance to the next eigenvalue (Davis and Kahan, SIAM J.
    Numer. Anal. 7 (1970), as in Yu, Wang and Samworth, Biometrika 102 (2015), theorem 1). Twice that lies between two
    computed ones, and unit vectors at an acute angle t are at most sqrt(2) sin t apart. Infinite where a gap may be 0.
    """
    n, norm, exact = a.shape[-1], frobenius(a), certified_eigenvalues(a)
    length = eigh_orthogonality_error(n, arithmetic)
    error = (eigh_residual_error(norm, n, arithmetic) + 2 * length * norm)[..., None]
    between = np.diff(exact.value, axis=-1) - exact.bound[..., 1:] - exact.bound[..., :-1]
    edge = np.full((*between.shape[:-1], 1), np.inf)
    gap = np.minimum(np.concatenate((edge, between), -1), np.concatenate((between, edge), -1))
    sine = np.divide(4 * error, gap, out=np.full(gap.shape, np.inf), where=gap > 0)
    return upward(2**0.5 * sine + 2 * length, n)


@remembered
@silent
def quadratic_forms(a: Float64, x: Float64, arithmetic: Arithmetic) -> Truth:
    """x^T A x (...) for A (..., n, n) and x (..., n): BND-CHAIN, any order of the two products."""
    row, matrix, column = (Chain.of(m, arithmetic) for m in (x[..., None, :], a, x[..., :, None]))
    left, right = row.matmul(matrix).matmul(column).truth(), row.matmul(matrix.matmul(column)).truth()
    return Truth(left.value[..., 0, 0], np.maximum(left.bound, right.bound)[..., 0, 0])


class Between(NamedTuple):
    """What x^T A x lies between, each end (...), and the slack of either side."""

    lowest: Float64
    highest: Float64
    slack: Float64


@silent
def form_between(computed: Float64, a: Float64, x: Float64, form: Arithmetic, eigh: Arithmetic) -> Between:
    """l_min ||x||^2 <= x^T A x <= l_max ||x||^2 (Rayleigh and Ritz), computed ascending eigenvalues (..., n > 0).

    The slack is the error of the form, that of the eigenvalue times ||x||^2, and n roundings of ||x||^2 itself.
    """
    n, squared = a.shape[-1], (x**2).sum(-1)
    largest = np.abs(computed).max(-1)
    slack = quadratic_forms(a, x, form).bound + squared * eigenvalues(a, eigh).bound.max(-1)
    slack = upward(slack + gamma(n + 1, U64) * squared * largest)
    return Between(computed[..., 0] * squared, computed[..., -1] * squared, slack)


@silent
def form_at_eigenvector(a: Float64, v: Float64, i: int, form: Arithmetic, eigh: Arithmetic) -> Truth:
    """v^T A v (...) for the computed eigenvector v (..., n) of the i-th eigenvalue: l_i ||v||^2.

    v^T A v - l_i ||v||^2 = v^T (A v - l v) + (l - l_i) ||v||^2 with the computed l, each part within BND-EIGH.
    """
    exact, squared = eigenvalues(a, eigh), (v**2).sum(-1)
    off = np.sqrt(squared) * _vector_error(a, eigh) + squared * exact.bound[..., i]
    bound = quadratic_forms(a, v, form).bound + off + gamma(a.shape[-1], U64) * squared * np.abs(exact.value[..., i])
    return Truth(exact.value[..., i] * squared, upward(bound))

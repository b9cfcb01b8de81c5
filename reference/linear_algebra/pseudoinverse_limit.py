"""Tikhonov's A_alpha = (A^T A + alpha I)^-1 A^T: exact values by rationals, and what its formulas may miss.

Notation: A (m, n) of rank r with singular values s_1, ..., s_r > 0, alpha > 0. ASNA is Higham's book, see `rounding`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from flint import fmpq_mat
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import product_error
from reference.linear_algebra.pseudoinverse import (
    FIRST_ORDER,
    OWN,
    Inverses,
    Solutions,
    accuracy,
    pseudoinverses,
    solutions,
    spectral_norm,
)
from reference.linear_algebra.residuals import frobenius
from reference.rounding import U64, gamma, silent, upward

Float64 = NDArray[np.float64]


class Regularised(NamedTuple):
    """A_alpha (batch, n, m) exactly, rounded once to float64; its Frobenius norm; alpha (batch,); A^+ and its norms."""

    value: Float64
    frobenius: Float64
    alpha: Float64
    inverses: Inverses

    @property
    def gap(self) -> Float64:
        """alpha ||A^+||_2^3, which ||A_alpha - A^+||_2 = max alpha / (s_i (s_i^2 + alpha)) does not exceed."""
        return self.alpha * self.inverses.norms.inverse**3

    @property
    def own(self) -> Float64:
        """What the rounding of A^+ to float64, and of a difference from it, may add to a distance from it."""
        return 2 * U64 * self.inverses.norms.inverse_frobenius

    def inverse_gram_norm(self, order: int) -> Float64:
        """||(G + alpha I)^-1||_2, G = A^T A or A A^T of that order: 1 / (s_r^2 + alpha), or 1 / alpha."""
        inverse = self.inverses.norms.inverse
        smallest = np.where(self.inverses.rank == order, 1 / np.where(inverse > 0, inverse, np.inf) ** 2, 0.0)
        return np.asarray((1 + OWN) / (smallest + self.alpha))


def _regularised(a: fmpq_mat, alpha: float) -> fmpq_mat:
    n = a.ncols()
    if alpha == 0 or 0 in (a.nrows(), n):
        return exact.pseudoinverse(a)
    ridge = fmpq_mat(n, n)
    for i in range(n):
        ridge[i, i] = exact.rational(alpha)
    return (a.transpose() * a + ridge).inv() * a.transpose()


def regularised(a: Float64, alpha: Float64) -> Regularised:
    """A_alpha and A^+ for A (batch, m, n) and alpha (batch,); A_0 is A^+, the limit.

    Raises ZeroDivisionError for an alpha of -s_i^2.
    """
    batch, m, n = a.shape
    found = [_regularised(exact.rational_matrix(q), t) for q, t in zip(a, alpha.tolist(), strict=True)]
    value = np.array([exact.nearest_array(q) for q in found]).reshape(batch, n, m)
    return Regularised(value, frobenius(value), alpha, pseudoinverses(a))


def _gram_error(r: Regularised, order: int, inner: int, arithmetic: Arithmetic) -> Float64:
    """||E_j|| where (G + alpha I + E_j) x_j = b_j is what LU factorisation solves, G = A^T A or A A^T as computed.

    The Gram matrix is within gamma_k |A^T||A|, k the inner dimension (ASNA (3.13)), alpha is added with one rounding,
    and LU contributes gamma_{3 order} |L||U| (theorem 9.4), where |L||U| is taken to be at most the trace of the matrix
    in norm (calibrated: see `inverse_truth`). Underflow adds eta for every product.
    """
    f = arithmetic.result
    trace = r.inverses.norms.frobenius**2 + order * r.alpha
    relative = product_error(inner + 1, arithmetic) + gamma(3 * order, f.u)
    return np.where(trace < f.largest / 4, relative * trace + order * inner * f.eta, np.inf)


@silent
def primal(r: Regularised, arithmetic: Arithmetic) -> Float64:
    """||X - A_alpha||_F for X = solve(A^T A + alpha I, A^T), shape (batch,).

    Column by column x_j - (A_alpha)_j = -M^-1 E_j x_j with M = A^T A + alpha I, so c / (1 - c) ||A_alpha||_F,
    c = ||M^-1||_2 max ||E_j||; see `_gram_error`. Infinite where c is more than `FIRST_ORDER`.
    """
    n, m = r.value.shape[-2:]
    c = r.inverse_gram_norm(n) * _gram_error(r, n, m, arithmetic)
    return _finished(r, c, c * r.frobenius, arithmetic)


@silent
def dual(r: Regularised, arithmetic: Arithmetic) -> Float64:
    """||X - A_alpha||_F for X = A^T inv(A A^T + alpha I), shape (batch,).

    The columns of the inverse W of N = A A^T + alpha I satisfy w^_j - w_j = -N^-1 E_j w^_j, so that A^T takes them to
    -A_alpha E_j w^_j: ||A_alpha||_2 max ||E_j|| ||W^||_F, and ||W^||_F <= sqrt(m) ||N^-1||_2 / (1 - c). The product
    A^T W^ adds gamma_m ||A||_F ||W^||_F (ASNA (3.13)).
    """
    n, m = r.value.shape[-2:]
    e, inverse = _gram_error(r, m, n, arithmetic), r.inverse_gram_norm(m)
    norm, product = spectral_norm(r.value) * (1 + OWN), product_error(m, arithmetic)
    return _finished(r, inverse * e, (norm * e + product * r.inverses.norms.frobenius) * m**0.5 * inverse, arithmetic)


def _finished(r: Regularised, c: Float64, first_order: Float64, arithmetic: Arithmetic) -> Float64:
    """`first_order` enlarged by 1 / (1 - c), and what underflow and the rounding of A_alpha add."""
    n, m = r.value.shape[-2:]
    own = 2 * U64 * r.frobenius + m * n * (m + 1) * arithmetic.result.eta
    bound = first_order / (1 - np.minimum(c, FIRST_ORDER)) + own
    return np.where(c <= FIRST_ORDER, upward(bound), np.inf)


class Stacked(NamedTuple):
    """The least-squares problem (A; sqrt(alpha) I) X = (I; 0) with the solution A_alpha, and its exact solution.

    `left` is (batch, m + n, n), `right` (batch, m + n, m).
    """

    left: Float64
    right: Float64
    exact: Solutions


def stacked(a: Float64, alpha: Float64) -> Stacked:
    """The stacked problem of A (batch, m, n); the roots of alpha (batch,) must be exact."""
    batch, m, n = a.shape
    root = np.sqrt(alpha)[:, None, None] * np.eye(n)
    left, right = np.concatenate((a, root), -2), np.broadcast_to(np.eye(m + n, m), (batch, m + n, m)).copy()
    return Stacked(left, right, solutions(left, right))


@silent
def by_least_squares(r: Regularised, problem: Stacked, x: Float64, driver: str, arithmetic: Arithmetic) -> Float64:
    """||X - A_alpha||_F for a solution X of the stacked problem by a LAPACK driver, shape (batch,): see `accuracy`."""
    columns = accuracy(problem.exact, x, driver, arithmetic).solution
    return np.asarray(np.sqrt((columns**2).sum(-1)) * (1 + OWN) + 2 * U64 * r.frobenius)


def sweep(r: Regularised, arithmetic: Arithmetic) -> list[Float64]:
    """Five alphas (batch,) around sqrt(u) ||A||_F^2, each a quarter of the one before: powers of two."""
    top = 4.0 ** np.ceil(np.log2(np.where(r.inverses.rank > 0, r.inverses.norms.frobenius, 1.0)))
    middle = arithmetic.result.precision // 4
    return [top * 4.0**-k for k in range(middle - 2, middle + 3)]


@silent
def best_of_sweep(r: Regularised, arithmetic: Arithmetic) -> Float64:
    """||X - A^+||_F for the best alpha of a `sweep` where A is singular: 8 sqrt(u) kappa^2 ||A^+||_F, shape (batch,).

    alpha ||A^+||^3 and the rounding of A^T A + alpha I, of the size of u ||A||^2 ||A^+|| / alpha, balance there. 8 is
    calibrated: largest ratio 1.77 in float32, 1.69 in float64 (MKL, up to 17 x 9, some 15 000 matrices each).
    """
    norms = r.inverses.norms
    return upward(8 * arithmetic.result.u**0.5 * norms.kappa**2 * norms.inverse_frobenius)

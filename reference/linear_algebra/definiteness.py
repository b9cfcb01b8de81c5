"""Definiteness of symmetric matrices: what the signs of eigenvalues, a factorisation and forms must show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain, covariance_error
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.symmetric_eigen import (
    certified_eigenvalues,
    eigenvalues,
    form_at_eigenvector,
    quadratic_forms,
)
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Verdicts(NamedTuple):
    """Whether symmetric matrices (...) are each of the four: 1 or 0, or open, with an infinite bound."""

    positive_definite: Truth
    positive_semidefinite: Truth
    negative_definite: Truth
    negative_semidefinite: Truth


def decided(yes: NDArray[np.bool_], no: NDArray[np.bool_]) -> Truth:
    """1 where rounding errors cannot change that (`yes`), 0 where they cannot change that (`no`), open elsewhere."""
    return Truth(np.asarray(yes, np.float64), np.where(yes | no, 0.0, np.inf))


@silent
def eigenvalue_verdicts(a: Float64, arithmetic: Arithmetic) -> Verdicts:
    """What the signs of the computed eigenvalues of symmetric (..., n, n) must say; of order 1 they are exact.

    A sign is decided where the certified eigenvalue is further from 0 than BND-EIGH allows an error.
    """
    exact = Truth(a[..., 0], np.zeros(a.shape[:-1])) if a.shape[-1] == 1 else eigenvalues(a, arithmetic)
    low, high = exact.value - exact.bound, exact.value + exact.bound

    def every(yes: NDArray[np.bool_], no: NDArray[np.bool_]) -> Truth:
        return decided(np.all(yes, -1), np.any(no, -1))

    return Verdicts(
        every(low > 0, high <= 0), every(low >= 0, high < 0), every(high < 0, low >= 0), every(high <= 0, low > 0)
    )


@silent
def smallest_of_unit_diagonal(a: Float64) -> tuple[Float64, Float64]:
    """The smallest eigenvalue (...) of H = D^(-1/2) A D^(-1/2), D = diag(A) > 0, for symmetric (..., n, n), enclosed.

    Returns both ends, infinite for n = 0. Entries beyond 2 are cut to 2: either way the eigenvalue is below -1, by
    interlacing with the 2 x 2 minor. Float64 moves every entry by at most 5 units of roundoff.
    """
    d = np.diagonal(a, axis1=-2, axis2=-1)
    e = np.frexp(d)[1] // 2
    root = np.sqrt(np.ldexp(d, -2 * e))
    h = np.ldexp(a, -(e[..., :, None] + e[..., None, :])) / root[..., :, None] / root[..., None, :]
    h = np.clip(h, -2.0, 2.0)
    exact = certified_eigenvalues(h)
    radius = upward(exact.bound.max(-1, initial=0.0) + 5 * U64 * frobenius(h))
    smallest = exact.value.min(-1, initial=np.inf)
    return smallest - radius, smallest + radius


@silent
def cholesky_succeeds(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Whether a computed Cholesky factorisation of symmetric (..., n, n) ends: 1, 0, or either; shape (...).

    It ends if l_min(H) > n g / (1 - g) and cannot if l_min(H) <= -n g / (1 - g), g = gamma_{n+1}, H of unit diagonal
    (Demmel, LAPACK Working Note 14, 1989; ASNA theorem 10.7). Underflow of n products and of a quotient adds
    n (n eta / d_min + eta / sqrt(d_min)); pivots, at least l_min(H) d_min, must be normal numbers. A diagonal entry
    that is not positive makes it fail: pivots never grow.
    """
    return _factorisation(a, 1, arithmetic)


@silent
def positive_pivots(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Whether Bunch and Kaufman's L D L^T of symmetric (..., n, n) has a positive diagonal D: 1, 0, or either.

    With D > 0 the bound |E| <= g |L| D |L^T| on the backward error has the diagonal of A + E in it, so the proof for
    Cholesky applies; reciprocals and the product of three make g = gamma_{n+4}. No 2 x 2 pivot occurs in a definite
    matrix: a_kk s < t l^2 and a_rr < t s, t = 0.64, contradict l^2 <= a_kk a_rr (ASNA algorithm 11.5). Open where a
    reciprocal may overflow or be subnormal.
    """
    f, d = arithmetic.result, np.diagonal(a, axis1=-2, axis2=-1)
    reciprocals = (d.min(-1, initial=1.0) >= f.lam / f.u**2) & (d.max(-1, initial=0.0) <= 1 / f.lam)
    truth = _factorisation(a, 4, arithmetic)
    return truth._replace(bound=np.where(reciprocals | (d <= 0).any(-1), truth.bound, np.inf))


def _factorisation(a: Float64, more: int, arithmetic: Arithmetic) -> Truth:
    n, f = a.shape[-1], arithmetic.result
    d = np.diagonal(a, axis1=-2, axis2=-1)
    positive, least = (d > 0).all(-1), np.where(d > 0, d, 1.0).min(-1, initial=1.0)
    g = gamma(n + more, f.u)
    band = upward(n * g / (1 - g) + n * (n * f.eta / least + f.eta / np.sqrt(least)))
    low, high = np.full((2, *positive.shape), np.nan)
    low[positive], high[positive] = smallest_of_unit_diagonal(a[positive])
    return decided(positive & (low > band + f.lam / least), ~positive | (high <= -band))


@silent
def sign_at_eigenvector(a: Float64, b: Float64, v: Float64, i: int, form: Arithmetic, eigh: Arithmetic) -> Truth:
    """The sign (...) of a computed v^T B v, v (..., n) the computed i-th eigenvector of A = (B + B^T) / 2 (..., n, n).

    It is that of the i-th eigenvalue where |l_i| ||v||^2 exceeds the errors of the eigenpair and of both forms,
    and open elsewhere.
    """
    truth = form_at_eigenvector(a, v, i, form, eigh)
    error = truth.bound + quadratic_forms(b, v, form).bound
    return Truth(np.sign(truth.value), np.where(np.abs(truth.value) > error, 0.0, np.inf))


@silent
def factored_forms(b: Float64, x: Float64, arithmetic: Arithmetic) -> Truth:
    """||B^T x||^2 (...) for B (..., n, r), x (..., n): a product, its squares, both stored, their sum (BND-CHAIN)."""
    product = Chain.of(b.swapaxes(-1, -2), arithmetic).matmul(x[..., None])
    return product.inner(product, rounded_products=True)


@silent
def covariance_slack(b: Float64, covariance: Float64, x: Float64, cov: Arithmetic, form: Arithmetic) -> Float64:
    """How negative x^T C x (...) may come out for the computed covariance matrix C of B (..., n, r > 1).

    x^T C x is that of the exact matrix, which is not negative, within |x|^T E |x|, E as in BND-COV, and BND-CHAIN.
    """
    size = np.abs(x)
    moved = np.einsum("...i,...ij,...j->...", size, covariance_error(b, cov), size)
    return upward(moved + quadratic_forms(covariance, x, form).bound, 2 * b.shape[-2])


@silent
def least_form(a: Float64, x: Float64) -> Float64:
    """l_min ||x||^2 (...) from below, for symmetric (..., n, n) and x (..., n); certified, and zero for n = 0.

    Rounded down by n + 4 units of roundoff; NaN where A may not be positive definite.
    """
    exact = certified_eigenvalues(a)
    smallest = (exact.value - exact.bound).min(-1, initial=np.inf)
    squared = (x**2).sum(-1)
    least = np.where(squared > 0, smallest * squared, 0.0) * (1 - 2 * U64 * (a.shape[-1] + 4))
    return np.where(smallest > 0, least, np.nan)

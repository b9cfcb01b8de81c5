"""Kinds of matrices whose pseudoinverse has a formula of its own, and how far algorithms come: values and bounds.

Notation: A (m, n) of rank r with singular values s_1 >= ... >= s_r > 0, M = max(m, n). ASNA is Higham's book, see
`rounding`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format
from reference.linear_algebra.pseudoinverse import FIRST_ORDER, Inverses, Norms, perturbation, pseudoinverse_truth
from reference.linear_algebra.pseudoinverse_limit import Regularised, best_of_sweep, dual, primal
from reference.linear_algebra.residuals import frobenius
from reference.rounding import U64, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

SPLIT = 25
"""Up to this order LAPACK's divide and conquer does not divide (SMLSIZ of ILAENV)."""


def scaled(inverses: Inverses, c: float) -> Inverses:
    """What is known of c A, c != 0 a power of two, from what is known of A: (c A)^+ = A^+ / c."""
    n, size = inverses.norms, abs(c)
    norms = Norms(n.spectral * size, n.frobenius * size, n.inverse / size, n.inverse_frobenius / size)
    return Inverses(inverses.value / c, inverses.rank, norms)


def by_left_formula(inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """(A^T A)^-1 A^T at full column rank by LU factorisation, bounded as Tikhonov's formula without a penalty."""
    return _by_formula(primal, inverses, arithmetic)


def by_right_formula(inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """A^T (A A^T)^-1 at full row rank by LU factorisation, bounded as the dual of Tikhonov's formula."""
    return _by_formula(dual, inverses, arithmetic)


def _by_formula(
    bounds: Callable[[Regularised, Arithmetic], Float64], inverses: Inverses, arithmetic: Arithmetic
) -> Truth:
    """Infinite where 1/||A^+||^2, the least pivot, is so small that its reciprocal, or u of it, leaves the range."""
    f, inverse = arithmetic.result, inverses.norms.inverse
    with np.errstate(divide="ignore", over="ignore"):
        bound = bounds(_unpenalised(inverses), arithmetic)
        pivot = 1 / np.where(inverse > 0, inverse, np.inf) ** 2
    return Truth(inverses.value, np.where(pivot * f.u > f.lam * sum(inverses.value.shape[-2:]), bound, np.inf))


def _unpenalised(inverses: Inverses) -> Regularised:
    return Regularised(inverses.value, inverses.norms.inverse_frobenius, np.zeros(len(inverses.value)), inverses)


def cutoff(arithmetic: Arithmetic) -> float:
    """The relative tolerance with which a computed pseudoinverse of deficient rank is inverted again: sqrt(u)."""
    return 2.0 ** -(arithmetic.result.precision // 2)


@silent
def twice(a: Float64, inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """A = (A^+)^+ (batch, m, n), and a bound on ||Y - A||_F where Y is computed from a computed X.

    X is within d of A^+ (see `pseudoinverse_truth`), and Y = (A^+ + G)^+ + F with ||G||_F <= d + ||E||_F, twice that
    below full rank, where the singular values that d makes are dropped by the relative tolerance `cutoff`. Wedin's
    theorem, with the roles of A and A^+ exchanged, gives mu ||A||^2 ||G||_F / (1 - ||A|| ||G||_F) + ||F||_F. Infinite
    where ||A|| ||G||_F exceeds `FIRST_ORDER`, or where the cutoff lies near the singular values that it must separate.
    """
    m, n = a.shape[-2:]
    of = inverses.norms
    exchanged = Inverses(a, inverses.rank, Norms(of.inverse, of.inverse_frobenius, of.spectral, of.frobenius))
    first = pseudoinverse_truth(inverses, m, n, arithmetic).bound
    p = perturbation(exchanged, n, m, arithmetic)
    deficient = inverses.rank < min(m, n)
    grown_norm = 1 + first / np.where(of.inverse_frobenius > 0, of.inverse_frobenius, np.inf)
    g = np.where(deficient, 2.0, 1.0) * first + p.of_matrix * grown_norm
    relative = of.spectral * g
    grown = 1 / (1 - np.minimum(relative, FIRST_ORDER))
    bound = np.where(deficient, 2**0.5, 1.0) * of.spectral * grown * relative + p.of_product * grown
    separated = (g < cutoff(arithmetic) * of.inverse / 2) & (of.kappa * cutoff(arithmetic) < 0.5)
    known = (relative <= FIRST_ORDER) & (separated | ~deficient | (inverses.rank == 0))
    return Truth(a, np.where(known, upward(bound), np.inf))


@silent
def diagonal(d: Float64, fmt: Format, *, rtol: float | None = None) -> Truth:
    """The pseudoinverse (batch, n, m) of diagonal matrices (batch, m, n), entries of at most rtol max|d| dropped.

    Without `rtol` it is 2 M u. A diagonal matrix is its own decomposition up to signs and order. LAPACK may scale it by
    a number that is no power of two, once for its range and once to divide and conquer, and back: a quotient and a
    product each (xLASCL), 8u. The reciprocal and a product of it with 1 or -1 make 10u, and eta if it is subnormal.
    Entries that by this or by the rounding of rtol max|d| may lie on either side of it have an infinite bound; if a
    reciprocal overflows, all entries of its matrix have: infinity times the zeros of singular vectors is NaN.
    """
    size, largest = np.abs(d), np.abs(d).max((-2, -1), initial=0.0, keepdims=True)
    rtol = max(d.shape[-2:]) * 2 * fmt.u if rtol is None else rtol
    edge = rtol * largest
    kept = size > edge
    inverse = np.where(kept, 1.0, 0.0) / np.where(kept, d, 1.0)
    inexact = (fmt.round(rtol) != rtol) | (fmt.round(edge) != edge) | rescaled(d, fmt)
    either = inexact & (size > 0) & (edge > 0) & (np.abs(size - edge) <= 16 * fmt.u * edge)
    bound = np.where(either, np.inf, 10 * fmt.u * np.abs(inverse) + np.where(kept, fmt.eta, 0.0))
    overflow = (np.abs(inverse) >= fmt.largest * (1 - 16 * fmt.u)).any((-2, -1), keepdims=True)
    return Truth(inverse.swapaxes(-1, -2), np.where(overflow, np.inf, upward(bound)).swapaxes(-1, -2))


def rescaled(d: Float64, fmt: Format) -> NDArray[np.bool_]:
    """Which of (batch, m, n) LAPACK scales, as (batch, 1, 1): xGESDD outside sqrt(lam)/2u to its inverse, or to divide.

    A factor of 4 covers xSYEVD and other versions.
    """
    largest = np.abs(d).max((-2, -1), initial=0.0, keepdims=True)
    least = fmt.lam**0.5 / (2 * fmt.u)
    return np.asarray((largest < 4 * least) | (largest > 0.25 / least) | (min(d.shape[-2:]) > SPLIT))


@silent
def reciprocals(d: Float64, arithmetic: Arithmetic) -> Truth:
    """1/d for the nonzero entries of (batch, m, n), else 0, transposed: one correctly rounded division, u |1/d|.

    eta if it is subnormal; what overflows is infinite, exactly, and undetermined only next to the largest number.
    """
    fmt = arithmetic.result
    inverse = np.where(d != 0, 1.0, 0.0) / np.where(d != 0, d, 1.0)
    size = np.abs(inverse)
    bound = upward((fmt.u + U64) * size + np.where(d != 0, fmt.eta, 0.0))
    bound = np.where(size >= fmt.largest * (1 - fmt.u), np.inf, bound)
    over = size / 2 >= fmt.largest / 2 * (1 + 2 * fmt.u)
    inverse, bound = np.where(over, np.copysign(np.inf, inverse), inverse), np.where(over, 0.0, bound)
    return Truth(inverse.swapaxes(-1, -2), bound.swapaxes(-1, -2))


def penalties(a: Float64, arithmetic: Arithmetic) -> list[Float64]:
    """Alphas of 3 4^-k ||A||_F^2, up to a factor of 4, for (..., m, n): shape (...) each, down to 2^9 u ||A||_F^2.

    There A^T A + alpha I is far from singular under rounding.
    """
    top = 3 * 4.0 ** np.ceil(np.log2(frobenius(a)))
    return [top * 4.0**-k for k in range(2, (arithmetic.result.precision - 8) // 2 + 1)]


@silent
def best_of_penalties(inverses: Inverses, arithmetic: Arithmetic) -> Float64:
    """||X - A^+||_F for the best of `penalties`, shape (batch,): see `best_of_sweep`, whose alphas are as dense."""
    return best_of_sweep(_unpenalised(inverses), arithmetic)


def doubled(a: Float64, inverses: Inverses) -> tuple[Float64, Inverses]:
    """The symmetric matrices (0, A; A^T, 0) of (batch, m, n), and their pseudoinverses (0, (A^+)^T; A^+, 0)."""
    n = inverses.norms
    root = 2**0.5 * (1 + 4 * U64)
    norms = Norms(n.spectral, n.frobenius * root, n.inverse, n.inverse_frobenius * root)
    return _antidiagonal(a), Inverses(_antidiagonal(inverses.value.swapaxes(-1, -2)), 2 * inverses.rank, norms)


def _antidiagonal(a: Float64) -> Float64:
    m, n = a.shape[-2:]
    made = np.zeros((*a.shape[:-2], m + n, m + n))
    made[..., :m, m:], made[..., m:, :m] = a, a.swapaxes(-1, -2)
    return made

"""Singular matrices: exact ranks and determinants, and how far computed determinants may be from them.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import svdvals_error
from reference.double_double import normalise
from reference.formats import Arithmetic
from reference.linear_algebra.eigen import determinant_change, determinants
from reference.linear_algebra.residuals import MATRIX
from reference.linear_algebra.svd import certified_singular_values
from reference.rounding import gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

RELATIVE = 0.25
"""A determinant whose relative error may be larger has no logarithm worth comparing."""


class Factors(NamedTuple):
    """L (..., n, n) and U (..., n, n) of a computed P A = L U."""

    lower: Float64
    upper: Float64


@silent
def _change(a: Float64, factors: Sequence[Factors], arithmetic: Arithmetic) -> tuple[Float64, Float64, Float64]:
    """det and a bound on its change, both of A 2^-e with entries up to 1, and e; each (batch,).

    P (A + E) = L U with |E| <= gamma_n |L||U| (ASNA theorem 9.3), and `determinant_change` with the exact singular
    values; the larger of several factorisations, for det may be that of A or of its transpose.
    """
    n = a.shape[-1]
    scaled, exponent = normalise(a, MATRIX)
    e = exponent[..., 0, 0]
    sigma = certified_singular_values(scaled)
    norms = []
    for lower, upper in factors:
        size = np.abs(lower) @ np.abs(np.ldexp(upper, -exponent))
        # what underflows on the way is at most eta in every entry and step
        moved = gamma(n, arithmetic.result.u) * size + n * np.ldexp(arithmetic.result.eta, -exponent)
        norms.append(np.sqrt((moved**2).sum(MATRIX)))
    largest = np.max(norms, axis=0)
    change = determinant_change(sigma.value + sigma.bound, upward(largest, n))
    return determinants(scaled), change, e.astype(np.float64)


@silent
def determinant(a: Float64, factors: Sequence[Factors], arithmetic: Arithmetic) -> Truth:
    """det A (batch,), a product of pivots: its change by the factorisation, and n roundings of the product.

    Infinite where a partial product may overflow; where one underflows, the others bound what that is worth.
    """
    n, f = a.shape[-1], arithmetic.result
    value, change, e = _change(a, factors, arithmetic)
    exponent = (n * e).astype(np.int64)
    value, change = np.ldexp(value, exponent), np.ldexp(change, exponent)
    pivots = np.stack([np.abs(np.diagonal(u, axis1=-2, axis2=-1)) for _, u in factors])
    reached = np.maximum(pivots, 1.0).prod(-1).max(0)
    bound = change + gamma(max(n, 1), f.u) * (np.abs(value) + change) + n * f.eta * reached
    return Truth(value, np.where(overflows(reached * (1 + n * f.u), f), np.inf, upward(bound, n)))


@silent
def logarithm(a: Float64, factors: Sequence[Factors], arithmetic: Arithmetic) -> tuple[Float64, Truth]:
    """sign(det A) and log|det A| (batch,) as sums of logarithms of pivots; infinite bounds where A is nearly singular.

    With a relative change r of the determinant: -log(1 - r), and gamma_{n+3} sum |log u_ii| for logarithms and sum.
    """
    n, u = a.shape[-1], arithmetic.result.u
    value, change, e = _change(a, factors, arithmetic)
    relative = np.divide(change, np.abs(value), out=np.full(value.shape, np.inf), where=value != 0)
    pivots = np.stack([np.abs(np.diagonal(upper, axis1=-2, axis2=-1)) for _, upper in factors])
    logarithms = np.abs(np.log(np.where(pivots > 0, pivots, 1.0))).sum(-1).max(0)
    size = np.where(value != 0, np.abs(value), 1.0)
    log = np.log(size) + n * e * np.log(2.0)
    bound = -np.log1p(-np.minimum(relative, RELATIVE)) + gamma(n + 3, u) * (logarithms + np.abs(log)) + n * u
    return np.sign(value), Truth(log, np.where(relative <= RELATIVE, upward(bound, n), np.inf))


@silent
def singular_values(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Singular values (..., k) of (..., m, n), k = min(m, n), for torch.linalg.svdvals."""
    sigma, (m, n) = certified_singular_values(a), a.shape[-2:]
    largest = (sigma.value + sigma.bound).max(-1, initial=0.0)
    return Truth(sigma.value, sigma.bound + svdvals_error(largest, m, n, arithmetic)[..., None])


def factorised(a: Float64, p: Float64, lower: Float64, upper: Float64, arithmetic: Arithmetic) -> Truth:
    """A (..., n, n) for the product of computed factors: gamma_{n+1} P |L||U| (ASNA theorem 9.3), evaluated in float64.

    What underflows on the way is eta in each of n steps, times entries of L, which are at most 1, or of U.
    """
    n, f = a.shape[-1], arithmetic.result
    largest = np.abs(upper).max(MATRIX, initial=0.0, keepdims=True)
    return Truth(a, upward(gamma(n + 1, f.u) * (p @ np.abs(lower) @ np.abs(upper)) + n * f.eta * (1 + largest), n))


class Packed(NamedTuple):
    """P, L and U (batch, n, n) of packed factors, and the first zero pivot of each (batch,), from 1; 0 if none is."""

    p: Float64
    lower: Float64
    upper: Float64
    first_zero: NDArray[np.int64]


def unpacked(lu: Float64, pivots: NDArray[np.int64]) -> Packed:
    """Factors of (batch, n, n) as LAPACK packs them: row i was exchanged with row pivots[i] >= i, counted from 1."""
    n = lu.shape[-1]
    p = np.zeros(lu.shape)
    for b, exchanges in enumerate(pivots.astype(np.int64)):
        order = np.arange(n)
        for i, j in enumerate(exchanges - 1):
            order[[i, j]] = order[[j, i]]
        p[b, order, np.arange(n)] = 1.0
    zero = np.diagonal(lu, axis1=-2, axis2=-1) == 0
    first = np.where(zero.any(-1), zero.argmax(-1) + 1 if n else 0, 0)
    return Packed(p, np.tril(lu, -1) + np.eye(n), np.triu(lu), first)


def clear_rank(a: Float64, rank: NDArray[np.int64], arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Where the smallest non-zero singular value of (batch, m, n) is clear of torch's threshold 2 max(m, n) u s_1.

    By its error; shape (batch,). That zero ones stay below it is calibrated: see `pseudoinverse.perturbation`.
    """
    truth = singular_values(a, arithmetic)
    found = []
    for value, bound, r in zip(*truth, rank.tolist(), strict=True):
        threshold = 2 * max(a.shape[-2:]) * arithmetic.result.u * (value[0] + bound[0]) if value.size else 0.0
        found.append(r == 0 or bool(value[r - 1] - bound[r - 1] > threshold))
    return np.array(found, bool)


def ranks(a: Float64) -> NDArray[np.int64]:
    """Exact ranks (batch,)."""
    return np.array([exact.rank(exact.rational_matrix(m)) if m.size else 0 for m in a], np.int64)

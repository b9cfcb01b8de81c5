"""One-sided inverses and the solutions that they give: residuals almost exactly, and what algorithms may miss.

Notation: A (m, n) of rank r, X (n, m) computed, kappa = ||A||_2 ||A^+||_2. ASNA is Higham's book, see `rounding`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic
from reference.linear_algebra.pseudoinverse import FIRST_ORDER, Inverses, inverse_truth, perturbation, pseudoinverses
from reference.linear_algebra.residuals import Defect, Residual, defect, frobenius, residual
from reference.rounding import U64, gamma, rounds_operands, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Distances(NamedTuple):
    """Frobenius distances of the two products of A and X from the identity, (batch,) each, with their truth."""

    left: Float64
    right: Float64
    left_truth: Truth
    right_truth: Truth


def from_identity(x: Float64, a: Float64) -> Residual:
    """I - X A almost exactly, X (batch, n, m), A (batch, m, n)."""
    n = a.shape[-1]
    return residual(np.broadcast_to(np.eye(n), (len(a), n, n)), x, a)


@silent
def one_sided(inverses: Inverses, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """Bounds on ||X A - A^+ A||_F and ||A X - A A^+||_F for the pseudoinverse X by SVD; shape (batch,) each.

    X = B^+ + F with B = A + E of the rank of A (see `perturbation`), so X A - A^+ A = P_B - P_A - B^+ E + F A with the
    projections P onto the row spaces. They are both I at full column rank; otherwise ||P_B - P_A||_F is at most
    sqrt(2) ||B^+|| ||E||_F (Wedin, BIT 13 (1973), section 4). In total c ||B^+|| ||E||_F + ||A||_2 ||F||_F, c = 1 or
    1 + sqrt(2); the same for A X with the ranges, which are the whole space at full row rank.
    """
    n, m = inverses.value.shape[-2:]
    p = perturbation(inverses, m, n, arithmetic)
    turned = p.relative / (1 - np.minimum(p.relative, FIRST_ORDER))
    scaled = inverses.norms.spectral * p.of_product
    bounds = (np.where(inverses.rank == side, 1.0, 1 + 2**0.5) * turned + scaled for side in (n, m))
    left, right = (np.where(p.relative <= FIRST_ORDER, upward(b), np.inf) for b in bounds)
    return left, right


@silent
def distances(a: Float64, x: Float64, inverses: Inverses, arithmetic: Arithmetic) -> Distances:
    """||X A - I||_F and ||A X - I||_F for the pseudoinverse X; exactly sqrt(n - r) and sqrt(m - r).

    No X does better: a matrix of rank at most r is at least that far from the identity (Eckart, Young, Mirsky).
    """
    m, n = a.shape[-2:]
    found = (from_identity(x, a), from_identity(a, x))
    sides = zip((n, m), one_sided(inverses, arithmetic), found, strict=True)
    left, right = (_distance(side, side - inverses.rank, bound + r.error) for side, bound, r in sides)
    return Distances(frobenius(found[0].value), frobenius(found[1].value), left, right)


def _distance(side: int, squared: NDArray[np.int64], error: Float64) -> Truth:
    """The root of `squared`; of the norm of a (side, side) matrix float64 misses a relative u_64 for every entry."""
    distance = np.sqrt(squared)
    return Truth(distance, upward(error + 2 * (side**2 + 16) * U64 * distance))


def product_error(m: int, arithmetic: Arithmetic) -> float:
    """||fl(X Y) - X Y||_F over ||X||_F ||Y||_F for inner dimension m (ASNA (3.13)), TF32 included."""
    moved = arithmetic.operand.u if rounds_operands(arithmetic) else 0.0
    return (1 + moved) ** 2 * (1 + gamma(m, arithmetic.accumulator.u)) - 1


class LeftInverse(NamedTuple):
    """I - X A with a bound on its norm, and a bound (batch, k) on ||X y - x|| where A x = y."""

    defect: Defect
    solution: Float64


class Consistent(NamedTuple):
    """A system with exactly one solution: A (batch, m, n), y (batch, m, k), x (batch, n, k), the exact A^+."""

    a: Float64
    y: Float64
    x: Float64
    inverses: Inverses


@silent
def left_inverse(system: Consistent, x: Float64, missed: Float64, arithmetic: Arithmetic) -> LeftInverse:
    """What a left inverse X with ||X A - I||_F <= `missed` and its computed product with y may miss.

    X y - x = (X A - I) x, and the product adds gamma_m ||X||_F ||y|| and m eta for each entry (ASNA (3.5)).
    """
    m, n = system.a.shape[-2:]
    own = from_identity(x, system.a)
    norm_x, norm_y = (np.sqrt((c**2).sum(-2)) for c in (system.x, system.y))
    product = product_error(m, arithmetic) * frobenius(x)[:, None] * norm_y
    solution = np.where(norm_x > 0, missed[:, None] * norm_x, 0.0) + product + 2 * U64 * norm_x
    return LeftInverse(defect(own, missed), upward(solution + n**0.5 * m * arithmetic.accumulator.eta, m * n))


def by_svd(system: Consistent, arithmetic: Arithmetic) -> Float64:
    """||X A - I||_F for X the pseudoinverse, shape (batch,); see `one_sided`."""
    return one_sided(system.inverses, arithmetic)[0]


@silent
def by_normal_equations(system: Consistent, arithmetic: Arithmetic) -> Float64:
    """||X A - I||_F for X = (A^T A)^-1 A^T by LU factorisation of the computed Gram matrix, shape (batch,).

    With M = A^T A, (M + E + E_j) x_j = A^T e_j: the rounding of the Gram matrix, at most gamma_m |A^T||A| (ASNA
    (3.13)), and of its factors, gamma_n |L||U| (ASNA theorem 9.3), is the same for all columns; that of substitution,
    gamma_{2n} |L||U| (theorem 8.5), is not. |L||U| is taken to be at most ||A||_F^2 in norm (calibrated: see
    `inverse_truth`). Hence X A - I = -(M + E)^-1 (E + (E_j x_j)_j A), where c = ||A^+||^2 ||E|| enters once, and
    s = ||A^+||^2 max ||E_j|| times ||A^+||_F ||A||_2. Infinite where c + s is more than `FIRST_ORDER`, or where squares
    leave the range of the format.
    """
    (m, n), norms, f = system.a.shape[-2:], system.inverses.norms, arithmetic.result
    squared = (norms.inverse * norms.frobenius) ** 2
    c, s = (product_error(m, arithmetic) + gamma(n, f.u)) * squared, gamma(2 * n, f.u) * squared
    left = 1 - np.minimum(c + s, FIRST_ORDER)
    missed = (c + s / left * norms.inverse_frobenius * norms.spectral) / left
    smallest = np.where(norms.inverse > 0, 1 / norms.inverse, 1.0)
    representable = (norms.frobenius**2 < f.largest / 4) & (smallest**2 * f.u > f.lam * m)
    return np.where((c + s <= FIRST_ORDER) & (representable | (system.inverses.rank == 0)), upward(missed), np.inf)


@silent
def by_first_rows(system: Consistent, arithmetic: Arithmetic) -> Float64:
    """||X A - I||_F for X = (T^-1, 0), T the first n rows of A, shape (batch,): ||T||_2 times what T^-1 may miss.

    Infinite where T is singular.
    """
    top = system.a[:, : system.a.shape[-1]]
    inverses = system.inverses if top.shape == system.a.shape else pseudoinverses(top)
    missed = inverse_truth(inverses, arithmetic).bound * inverses.norms.spectral
    return np.where(inverses.rank == top.shape[-1], upward(missed), np.inf)


def is_left_inverse(b: Float64, a: Float64) -> NDArray[np.bool_]:
    """Whether B A = I exactly, shape (batch,)."""
    identity = exact.rational_matrix(np.eye(a.shape[-1]))
    pairs = zip(b, a, strict=True)
    return np.array([exact.rational_matrix(p) * exact.rational_matrix(q) == identity for p, q in pairs], bool)

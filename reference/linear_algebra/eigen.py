"""Eigenpairs of general matrices: residuals almost exactly, backward error against the balanced matrix, invariants.

Complex results come as complex128 arrays; norms of them are taken over real and imaginary parts side by side.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import Balanced, eig_error
from reference.double_double import normalise
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import MATRIX, Defect, Residual, frobenius, plus, residual
from reference.rounding import U64, gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Complex128 = NDArray[np.complex128]
Numbers = NDArray[np.float64] | NDArray[np.complex128]

COMPLEX = 4
"""A complex operation counts as that many roundings (ASNA lemma 3.5: the product has sqrt(2) gamma_4)."""
FIRST_ORDER = 0.25
"""Perturbations are taken into account up to this part of what they perturb; beyond it nothing is said."""


def parts(z: Numbers) -> Float64:
    """Real and imaginary parts side by side: (..., n) -> (..., 2n), with the same norms."""
    return np.concatenate((np.real(z), np.imag(z)), -1).astype(np.float64)


@silent
def pair_defects(a: Float64, w: Complex128, v: Complex128, balanced: Balanced, arithmetic: Arithmetic) -> Defect:
    """(A v_i - w_i v_i) / d as rows (..., n, 2n) for A (..., n, n); 2-norms within BND-EIG times ||v_i / d||."""
    r = _pair_residual(a, w, v)
    inverse = 1 / balanced.scale
    length = np.sqrt((np.abs(v * inverse[..., None]) ** 2).sum(-2))
    bound = eig_error(balanced, arithmetic)[..., None] * length
    own = r.error * inverse.max(-1, initial=1.0)
    scaled = r.value * np.concatenate((inverse, inverse), -1)[..., None, :]
    return Defect(scaled, Truth(np.zeros_like(scaled), plus(upward(bound), own[..., None])))


def _pair_residual(a: Float64, w: Complex128, v: Complex128) -> Residual:
    """A V - V diag(w), columns as rows (..., n, 2n) of real and imaginary parts, far below float64's rounding."""
    n = a.shape[-1]
    scaled, e = normalise(a, MATRIX)
    x, y = np.real(v).astype(np.float64), np.imag(v).astype(np.float64)
    re, im = (np.ldexp(part(w), -e[..., 0])[..., None] * np.eye(n) for part in (np.real, np.imag))
    left = np.concatenate((scaled, x, y), -1)
    zero = np.zeros(a.shape)
    real = residual(zero, left, np.concatenate((-x, re, -im), -2))
    imaginary = residual(zero, left, np.concatenate((-y, im, re), -2))
    value = np.concatenate((real.value.swapaxes(-1, -2), imaginary.value.swapaxes(-1, -2)), -1)
    k = e[..., 0, 0]
    error = np.ldexp(np.hypot(real.error, imaginary.error), k) + n * n * 2.0**-1073
    return Residual(np.ldexp(value, e), error)


def lengths(v: Complex128, arithmetic: Arithmetic) -> tuple[Float64, Truth]:
    """||v_i||_2 of the columns (..., n), and the truth that they are 1: norm, quotient and rotation, gamma_{n+8}."""
    n = v.shape[-1]
    return np.sqrt((np.abs(v) ** 2).sum(-2)), Truth(np.ones(()), np.asarray(gamma(n + 8, arithmetic.result.u)))


@silent
def distance_to_singularity(w: Complex128, balanced: Balanced, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """sigma_min(B - w_i I) (..., n), which is how far B is from having the eigenvalue w_i, and what BND-EIG allows.

    Shape (..., n) each. The values come from float64's singular values, whose error 10 n u ||B - w I|| is added.
    """
    b, n = balanced.matrix, balanced.matrix.shape[-1]
    if n == 0:
        return np.zeros(w.shape), np.zeros(w.shape)
    scaled, e = normalise(b, MATRIX)
    down = np.ldexp(np.real(w), -e[..., 0]) + 1j * np.ldexp(np.imag(w), -e[..., 0])
    shifted = scaled[..., None, :, :] - down[..., None, None] * np.eye(n)
    usable = np.asarray(np.isfinite(shifted).all((-2, -1), keepdims=True))
    smallest = np.linalg.svd(np.where(usable, shifted, 0.0), compute_uv=False)[..., -1]
    found = np.ldexp(np.where(usable[..., 0, 0], smallest, np.nan), e[..., 0])
    allowed = eig_error(balanced, arithmetic) + 20 * n * U64 * balanced.norm
    return found, np.broadcast_to(allowed[..., None], found.shape)


@silent
def real_eigenvalues(w: Float64, v: Float64, balanced: Balanced, arithmetic: Arithmetic) -> Truth:
    """The known real eigenvalues (..., n) in ascending order, of a matrix with the known eigenvectors v (..., n, n).

    kappa_2(V) times BND-EIG (Bauer and Fike, Numer. Math. 2 (1960); ||E||_F of B + E serves for A = D B D^-1 with
    eigenvectors D^-1 V). Sorted real numbers are matched as well as any.
    """
    kappa = _condition(v / balanced.scale[..., None])
    bound = upward(kappa * eig_error(balanced, arithmetic))[..., None]
    return Truth(np.sort(w, -1), np.broadcast_to(bound, w.shape))


def _condition(v: Numbers) -> Float64:
    """kappa_2 of (..., n, n), infinite for singular ones."""
    s = _singular_values(v)
    return np.asarray(np.divide(s[..., 0], s[..., -1], out=np.full(s.shape[:-1], np.inf), where=s[..., -1] > 0))


def _singular_values(v: Numbers) -> Float64:
    """Those of (..., n, n), descending, to float64's accuracy; a single 1 for order 0."""
    if 0 in v.shape[-2:]:
        return np.ones((*v.shape[:-2], 1))
    return np.asarray(np.linalg.svd(v, compute_uv=False), np.float64)


class Basis(NamedTuple):
    """What is known of computed eigenvectors V (..., n, n) and eigenvalues w: V diag(w) V^-1 = A + E exactly.

    A bound on ||A V - V diag(w)||_F, ||V^-1||_2, ||V^-1||_F, kappa_2(V), each (...); `usable` where V is a basis for
    practical purposes.
    """

    residual: Float64
    inverse: Float64
    inverse_frobenius: Float64
    kappa: Float64
    usable: NDArray[np.bool_]

    @property
    def moved(self) -> Float64:
        """A bound on ||E||_F."""
        return np.asarray(upward(self.residual * self.inverse))


@silent
def basis(a: Float64, v: Complex128, balanced: Balanced, arithmetic: Arithmetic) -> Basis:
    """Of computed eigenvectors of A: E = -R V^-1 with R = A V - V diag(w), ||R||_F by BND-EIG.

    Not usable where 30 sqrt(n) u kappa exceeds 0.1: V is then as good as singular.
    """
    n, d = a.shape[-1], balanced.scale
    length = np.sqrt((np.abs(v / d[..., None]) ** 2).sum((-2, -1)))
    r = upward(eig_error(balanced, arithmetic) * length * d.max(-1, initial=1.0), n)
    s = _singular_values(v)
    positive = s[..., -1] > 0
    inverses = np.divide(1.0, s, out=np.full(s.shape, np.inf), where=positive[..., None])
    kappa = s[..., 0] * inverses[..., -1]
    usable = positive & (30 * n**0.5 * arithmetic.result.u * kappa <= 0.1)
    return Basis(r, inverses[..., -1], np.sqrt((inverses**2).sum(-1)), kappa, usable)


@silent
def synthesis_error(b: Basis, v: Complex128, w: Complex128, k: int, arithmetic: Arithmetic) -> Float64:
    """The rounding of (V * w^k) V^-1: inverse or solver, power, scaling and product, in the Frobenius norm (...).

    gamma_{3n} kappa ||V w^k||_F ||V^-1||_F for the inverse (calibrated as for inverses of real matrices), and
    4 gamma_{n + |k| + 4} of the same for the rest (ASNA (3.13) and lemma 3.5). What underflows in powers and columns is
    (2 |k| + 4) eta in every entry, times ||V^-1||.
    """
    n, u = v.shape[-1], arithmetic.result.u
    size = np.sqrt((np.abs(v * w[..., None, :] ** k) ** 2).sum((-2, -1))) * b.inverse_frobenius
    relative = gamma(3 * n, u) * b.kappa + COMPLEX * gamma(n + abs(k) + 4, u)
    underflow = n * arithmetic.result.eta * ((2 * abs(k) + 4) * b.inverse_frobenius + n)
    bound = upward(relative * size + underflow, n)
    return np.where(overflows(size, arithmetic.result), np.inf, bound)


@silent
def power_truth(a: Float64, b: Basis, v: Complex128, w: Complex128, k: int, arithmetic: Arithmetic) -> Truth:
    """A^k (..., n, n) for k >= 0 or A^-1, and a bound for (V * w^k) V^-1 in the Frobenius norm.

    ||(A + E)^k - A^k|| <= k ||E|| (||A|| + ||E||)^(k-1), and ||(A + E)^-1 - A^-1|| <= ||A^-1||^2 ||E|| / (1 - f) with
    f = ||A^-1|| ||E|| at most `FIRST_ORDER` (else infinite).
    """
    n, norm = a.shape[-1], frobenius(a)
    rounding = synthesis_error(b, v, w, k, arithmetic)
    if k >= 0:
        value = np.linalg.matrix_power(a, k)
        moved = k * b.moved * (norm + b.moved) ** max(k - 1, 0)
        own = gamma((k + 1) * (n + 1), U64) * norm**k * n
        return Truth(value, upward(moved + rounding + own))
    scaled, exponent = normalise(a, MATRIX)
    s = _singular_values(scaled)
    regular = s[..., -1] > 8 * n * U64 * s[..., 0]
    value = np.ldexp(np.linalg.inv(np.where(regular[..., None, None], scaled, np.eye(n))), -exponent)
    size = frobenius(value)
    f = np.minimum(size * b.moved, FIRST_ORDER)
    own = gamma(4 * n, U64) * size**2 * norm
    bound = upward(size * f / (1 - f) + rounding + own)
    return Truth(value, np.where(regular & (size * b.moved < FIRST_ORDER), bound, np.inf))


@silent
def trace(a: Float64, balanced: Balanced, arithmetic: Arithmetic) -> Truth:
    """tr A (...) as a sum of computed eigenvalues: |tr E| <= sqrt(n) ||E||_F, and the sum rounds (BND-SUM).

    sum |w_i| <= sqrt(n) ||B + E||_F (Schur).
    """
    n, e = a.shape[-1], eig_error(balanced, arithmetic)
    value = a.diagonal(0, -2, -1).sum(-1)
    rounding = COMPLEX * gamma(n, arithmetic.result.u) * n**0.5 * (balanced.norm + e)
    own = gamma(n, U64) * np.abs(a.diagonal(0, -2, -1)).sum(-1)
    return Truth(value, upward(n**0.5 * e + rounding + own))


def determinants(a: Float64) -> Float64:
    """det A (batch,) by exact rationals, correctly rounded to float64."""
    return np.array([exact.nearest(exact.rational_matrix(m).det()) if m.size else 1.0 for m in a], np.float64)


@silent
def determinant_change(sigma: Float64, e: Float64) -> Float64:
    """prod(sigma_i + e) - prod(sigma_i), which bounds |det(A + E) - det A| for ||E||_2 <= e; sigma (..., n), e (...).

    Ipsen and Rehman, SIAM J. Matrix Anal. Appl. 30 (2008), theorem 2.13 summed up.
    """
    product, change = np.ones(e.shape), np.zeros(e.shape)
    for i in range(sigma.shape[-1]):
        change = change * (sigma[..., i] + e) + product * e
        product = product * sigma[..., i]
    return np.asarray(upward(change, 4 * sigma.shape[-1]))


@silent
def product_of_eigenvalues(a: Float64, balanced: Balanced, arithmetic: Arithmetic) -> Truth:
    """det A (batch,) as a product of computed eigenvalues, those of B + E: `determinant_change`, and rounding.

    Infinite where a partial product may overflow: each is at most the product of all eigenvalues' sizes above one.
    """
    n, f = a.shape[-1], arithmetic.result
    value, e = determinants(a), eig_error(balanced, arithmetic)
    sigma = _singular_values(balanced.matrix)[..., :n]
    moved = determinant_change(sigma * (1 + 2.0**-40), e)
    bound = moved + COMPLEX * gamma(max(n, 1), f.u) * (np.abs(value) + moved)
    reached = np.maximum(1.0, balanced.norm + e)[..., None] ** np.arange(1, n + 1)
    underflow = n * f.eta * np.maximum(1.0, balanced.norm) ** max(n - 1, 0)
    overflow = overflows(reached.max(-1, initial=0.0), f)
    return Truth(value, np.where(overflow, np.inf, upward(bound + underflow)))


class Multiplicities(NamedTuple):
    """Exactly, for each matrix of a batch: rank, and how many eigenvalues are not zero, with multiplicity."""

    rank: NDArray[np.int64]
    nonzero_eigenvalues: NDArray[np.int64]


def multiplicities(a: Float64) -> Multiplicities:
    """Rank and non-zero roots of the characteristic polynomial of (batch, n, n), by exact rationals."""
    ranks, nonzero = [], []
    for m in a:
        q = exact.rational_matrix(m)
        coefficients = [c != 0 for c in q.charpoly().coeffs()] if m.size else [True]
        ranks.append(exact.rank(q))
        nonzero.append(len(m) - coefficients.index(True))
    return Multiplicities(np.array(ranks, np.int64), np.array(nonzero, np.int64))


@silent
def spread(balanced: Balanced, arithmetic: Arithmetic) -> Float64:
    """How far computed eigenvalues may lie from the only one of a matrix of order n > 0, shape (...).

    (2 ||B|| + ||E||)^(1 - 1/n) ||E||^(1/n) (Elsner, Linear Algebra Appl. 71 (1985), 77-80).
    """
    n, e = balanced.matrix.shape[-1], eig_error(balanced, arithmetic)
    return np.asarray(upward((2 * balanced.norm + e) ** (1 - 1 / n) * e ** (1 / n), n))


@silent
def least_condition(a: Float64, eigenvalue: float, b: Basis) -> Float64:
    """What kappa_2(V) is at least for computed unit eigenvectors of A with one eigenvalue l, A != l I; shape (...).

    V diag(w) V^-1 = A + E with ||E|| <= ||R|| kappa. Along A + E - t E, t from 0 to 1, eigenvalues stay in discs of
    radius kappa ||E|| around the w_i (Bauer and Fike) and all end at l, so the discs hang together,
    |w_i - l| <= (2n - 1) kappa ||E||, and ||A - l I|| <= kappa (2n - 1) kappa ||E|| + ||E|| <= 2n kappa^3 ||R||.
    """
    n = a.shape[-1]
    away = frobenius(a - eigenvalue * np.eye(n)) / n**0.5 * (1 - 2.0**-30)
    return np.asarray((away / (2 * n * b.residual)) ** (1 / 3))

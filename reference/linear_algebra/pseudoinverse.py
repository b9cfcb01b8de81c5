"""Pseudoinverses and least-squares solutions: exact values by rationals, and what backward stable algorithms may miss.

Notation: A (m, n) of rank r, M = max(m, n), kappa = ||A||_2 ||A^+||_2, T the convergence factor of BND-SVD.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from flint import fmpq_mat
from numpy.typing import NDArray

from reference import exact
from reference.bounds import convergence_factor, svd_orthogonality_error, svd_residual_error
from reference.double_double import DoubleDouble, normalise
from reference.formats import Arithmetic, Format
from reference.linear_algebra.residuals import Defect, Product, Residual, defect, frobenius, product, residual
from reference.memory import remembered
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
OWN = 2.0**-40  # room for the float64 evaluation of norms; any bound here has a larger relative slack

FIRST_ORDER = 0.25
"""Perturbation theory is used while ||A^+||_2 ||E||_2 is at most this; beyond it a bound is infinite."""


class Norms(NamedTuple):
    """||A||_2, ||A||_F, ||A^+||_2 and ||A^+||_F, shape (batch,) each."""

    spectral: Float64
    frobenius: Float64
    inverse: Float64
    inverse_frobenius: Float64

    @property
    def kappa(self) -> Float64:
        """||A||_2 ||A^+||_2; 0 for a zero matrix."""
        return self.spectral * self.inverse


class Inverses(NamedTuple):
    """Exact pseudoinverses (batch, n, m) of a batch (batch, m, n), rounded once to float64, and what bounds need."""

    value: Float64
    rank: NDArray[np.int64]
    norms: Norms

    @property
    def full_rank(self) -> bool:
        """Whether every matrix of the batch has rank min(m, n)."""
        return bool(np.all(self.rank == min(self.value.shape[-2:])))


def spectral_norm(a: Float64) -> Float64:
    """||A||_2 of (..., m, n), shape (...), to a few roundings of float64."""
    if 0 in a.shape[-2:]:
        return np.zeros(a.shape[:-2])
    return np.asarray(np.linalg.svd(a, compute_uv=False)[..., 0])


def _stacked(matrices: list[fmpq_mat], shape: tuple[int, ...]) -> Float64:
    return np.array([exact.nearest_array(q) for q in matrices]).reshape(shape)


def _inverses(a: Float64, rationals: list[fmpq_mat]) -> tuple[Inverses, list[fmpq_mat]]:
    batch, m, n = a.shape
    inverses = [exact.pseudoinverse(q) for q in rationals]
    value = _stacked(inverses, (batch, n, m))
    rank = np.array([exact.rank(q) for q in rationals], np.int64)
    norms = Norms(spectral_norm(a), frobenius(a), spectral_norm(value), frobenius(value))
    return Inverses(value, rank, Norms(*(x * (1 + OWN) for x in norms))), inverses


@remembered
def pseudoinverses(a: Float64) -> Inverses:
    """The Moore-Penrose inverses of (batch, m, n) by exact rationals."""
    return _inverses(a, [exact.rational_matrix(x) for x in a])[0]


def diagonal_pseudoinverse(d: Float64, fmt: Format, *, rtol: float | None = None, atol: float = 0.0) -> Truth:
    """The pseudoinverse of diagonal matrices (batch, m, n) after entries of at most max(atol, rtol max|d|) are dropped.

    Without either, rtol is max(m, n) 2u; with a positive atol alone it is 0 (torch's convention). A diagonal matrix is
    its own decomposition up to signs and order, without rounding; what remains are the reciprocal and a product of it
    with 1 or -1: 2u, and eta if it is subnormal.
    """
    size = np.abs(d)
    if rtol is None:
        rtol = 0.0 if atol > 0 else max(d.shape[-2:]) * 2 * fmt.u
    kept = size > np.maximum(atol, rtol * size.max((-2, -1), initial=0.0, keepdims=True))
    inverse = np.where(kept, 1.0, 0.0) / np.where(kept, d, 1.0)
    value = inverse.swapaxes(-1, -2)
    return Truth(value, (2 * fmt.u + 2 * U64) * np.abs(value) + fmt.eta)


@silent
def inverse_truth(inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """A^-1 (batch, n, n) of nonsingular matrices, and a bound on ||X^ - A^-1||_F by LU factorisation.

    A column solves (A + E) x^ = e_j with |E| <= gamma_{3n} |L||U| (ASNA theorem 9.4), so it misses that of A^-1 by
    gamma_{3n} kappa ||x^|| if |L||U| is no larger than A in norm: calibrated, largest ratio 0.05 (MKL, n <= 8).
    """
    n = inverses.value.shape[-1]
    norms = inverses.norms
    relative = gamma(3 * n, arithmetic.result.u) * norms.kappa
    bound = relative / (1 - np.minimum(relative, FIRST_ORDER)) * norms.inverse_frobenius
    bound = np.where(relative <= FIRST_ORDER, bound + 2 * U64 * norms.inverse_frobenius, np.inf)
    return Truth(inverses.value, upward(bound + n * n * arithmetic.result.eta))


class Perturbation(NamedTuple):
    """X^ = (A + E)^+ + F: bounds on ||E||_F, on ||F||_F and on ||A^+||_2 ||E||_F, shape (batch,) each."""

    of_matrix: Float64
    of_product: Float64
    relative: Float64


@silent
def perturbation(
    inverses: Inverses, m: int, n: int, arithmetic: Arithmetic, *, symmetric: bool = False
) -> Perturbation:
    """How V D^+ U^T, computed from a decomposition within BND-SVD, misses the pseudoinverse of a nearby matrix.

    If r = min(m, n), U D V^T = A + E with ||E||_F within BND-SVD. If r is smaller, dropping the singular values that
    should be zero moves the matrix by their norm, at most ||E||_F again (Mirsky). U and V are orthogonal up to
    d = 16 M u, so V D^+ U^T differs from (A + E)^+ by 2d ||A^+||_F, and by gamma_{r+3} sqrt(r) ||A^+||_F through the
    rounding of reciprocals, scaling and product (ASNA (3.13)); all of it enlarged by the growth of ||(A + E)^+||,
    1 / (1 - ||A^+|| ||E||) (Weyl), and by 1 + 4d for what is of second order. That exactly the right singular values
    are dropped is calibrated: the others stayed below 0.36 of the threshold 2 M u s_1 over 450 000 matrices of up to
    6 x 6 (MKL, float32 and float64). Of a `symmetric` matrix the eigenvectors serve as U and, up to signs, as V:
    ||E||_F is within BND-EIGH, 30 sqrt(n) u ||A||_F + 4 n eta (calibrated), orthogonality within the same 16 n u.
    """
    u, eta = arithmetic.result.u, arithmetic.result.eta
    norms = inverses.norms
    deficient = inverses.rank < min(m, n)
    if symmetric:
        e = 30 * n**0.5 * u * norms.frobenius + 4 * n * eta
    else:
        e = svd_residual_error(norms.frobenius, m, n, arithmetic)
    e = e * np.where(deficient, 2.0, 1.0)
    e = np.where(inverses.rank == 0, 0.0, e)  # what a zero matrix is moved by is all dropped
    relative = norms.inverse * e
    r = min(m, n)
    d = svd_orthogonality_error(m, n, arithmetic)
    product = (2 * d + gamma(r + 3, u) * r**0.5) * (1 + 4 * d)
    grown = 1 / (1 - np.minimum(relative, FIRST_ORDER))
    f = product * norms.inverse_frobenius * grown + m * n * (r + 1) * eta
    return Perturbation(e, np.where(relative <= FIRST_ORDER, upward(f), np.inf), relative)


@silent
def pseudoinverse_truth(
    inverses: Inverses, m: int, n: int, arithmetic: Arithmetic, *, symmetric: bool = False
) -> Truth:
    """A^+ (batch, n, m), and a bound on ||X^ - A^+||_F: mu ||A^+||_2 ||(A + E)^+||_2 ||E||_F + ||F||_F.

    Wedin, BIT 13 (1973), theorem 4.1: mu = 1 at full rank, sqrt(2) below it, for ||.||_F. See `perturbation`.
    """
    p = perturbation(inverses, m, n, arithmetic, symmetric=symmetric)
    mu = np.where(inverses.rank < min(m, n), 2**0.5, 1.0)
    grown = inverses.norms.inverse / (1 - np.minimum(p.relative, FIRST_ORDER))
    bound = mu * grown * p.relative + p.of_product + 2 * U64 * inverses.norms.inverse_frobenius
    return Truth(inverses.value, upward(bound))


class Penrose(NamedTuple):
    """The residuals of Penrose's four identities, which characterise the pseudoinverse; bounds for Frobenius norms."""

    axa: Defect
    xax: Defect
    ax: Defect
    xa: Defect


@silent
def penrose(a: Float64, x: Float64, inverses: Inverses, arithmetic: Arithmetic) -> Penrose:
    """A X A - A, X A X - X, A X - (A X)^T and X A - (X A)^T for A (batch, m, n) and a computed X (batch, n, m).

    X = B^+ + F with B = A + E (see `perturbation`). Since B B^+ B = B, B^+ B B^+ = B^+ and both products are symmetric,
    what remains is at most 3 ||E||_F + ||A||^2 ||F||_F, ||B^+||^2 ||E||_F + 3 ||F||_F and, twice,
    2 ||B^+|| ||E||_F + 2 ||A|| ||F||_F, up to a relative ||B^+|| ||E|| of second order.
    """
    m, n = a.shape[-2:]
    p = perturbation(inverses, m, n, arithmetic)
    e, f, norm = p.of_matrix, p.of_product, inverses.norms.spectral
    relative = np.minimum(p.relative, FIRST_ORDER)
    inverse = inverses.norms.inverse / (1 - relative)
    second_order = (1 + inverse * e) * (1 + norm * f) * (1 + OWN)
    ax, xa = product(a, x), product(x, a)
    axa, xax = residual(a, ax.value, a), residual(x, xa.value, x)
    symmetry = (2 * inverse * e + 2 * norm * f) * second_order
    return Penrose(
        defect(axa, (3 * e + norm * (norm * f)) * second_order + ax.error * norm),
        defect(xax, (inverse * (inverse * e) + 3 * f) * second_order + xa.error * frobenius(x)),
        defect(_asymmetry(ax), symmetry),
        defect(_asymmetry(xa), symmetry),
    )


def _asymmetry(p: Product) -> Residual:
    difference = p.value - DoubleDouble(p.value.hi.swapaxes(-1, -2), p.value.lo.swapaxes(-1, -2))
    return Residual(difference.hi, 2 * p.error)


class Solutions(NamedTuple):
    """A^+ y for a batch of systems by exact rationals, rounded once to float64, and what characterises it.

    `x` (batch, n, k); `residual` y - A x (batch, m, k); `basic` (batch, n, k) the solution of A^T A x = A^T y that is
    zero outside the pivot columns; `kernel` (batch, n, d) a basis of ker A, padded by zeros to the largest dimension d
    of the batch; norms of the columns of x, y and the residual, (batch, k).
    """

    inverses: Inverses
    x: Float64
    residual: Float64
    basic: Float64
    kernel: Float64
    norm_x: Float64
    norm_y: Float64
    norm_r: Float64


def solutions(a: Float64, y: Float64) -> Solutions:
    """Exact solutions of A x = y in the sense of least squares and least norm, A (batch, m, n), y (batch, m, k)."""
    batch, n, k = len(a), a.shape[-1], y.shape[-1]
    rationals, rights = [exact.rational_matrix(q) for q in a], [exact.rational_matrix(q) for q in y]
    inverses, exact_inverses = _inverses(a, rationals)
    exact_x = [p * b for p, b in zip(exact_inverses, rights, strict=True)]
    rests = [b - q * x for q, x, b in zip(rationals, exact_x, rights, strict=True)]
    kernel = np.zeros((batch, n, n - int(inverses.rank.min(initial=n))))
    if kernel.shape[-1]:
        for i, q in enumerate(rationals):
            basis = exact.nearest_array(exact.null_space(q))
            kernel[i, :, : basis.shape[1]] = basis
    x, rest = _stacked(exact_x, (batch, n, k)), _stacked(rests, y.shape)
    basic = _stacked([_basic(q, q * x) for q, x in zip(rationals, exact_x, strict=True)], (batch, n, k))
    norms = (np.sqrt((c**2).sum(-2)) * (1 + OWN) for c in (x, y, rest))
    return Solutions(inverses, x, rest, basic, kernel, *norms)


def _basic(a: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    """The solution of the consistent system A x = b that is zero outside the pivot columns of A."""
    n, k = a.ncols(), b.ncols()
    joined = [[*left, *right] for left, right in zip(a.tolist(), b.tolist(), strict=True)]
    reduced, _ = fmpq_mat(joined).rref()
    x = fmpq_mat(n, k)
    for i in range(exact.rank(a)):
        pivot = next(j for j in range(n) if reduced[i, j] != 0)
        for j in range(k):
            x[pivot, j] = reduced[i, n + j]
    return x


ORTHOGONAL = ("gels", "gelsy", "qr")
"""Methods by Householder QR factorisation."""
BY_SVD = ("gelsd", "gelss", "pinv")
"""Methods by singular value decomposition; `pinv` forms A^+ and multiplies."""


def _backward_error(s: Solutions, method: str, arithmetic: Arithmetic) -> Float64:
    """c u of `accuracy`, shape (batch,)."""
    n, m = s.inverses.value.shape[-2:]
    factor = convergence_factor(arithmetic.result.u) if method in BY_SVD else 0.0
    doubled = np.where(s.inverses.rank < min(m, n), 2.0, 1.0)
    return np.asarray(doubled * ((10 * max(m, n) ** 0.5 + factor) * arithmetic.result.u))


def normal_equations_apply(s: Solutions, arithmetic: Arithmetic) -> bool:
    """Whether A^T A (or A A^T) of every matrix stays nonsingular under rounding: c u kappa^2 is small."""
    small = _backward_error(s, "normal equations", arithmetic) * s.inverses.norms.kappa**2
    return bool(np.all(small <= FIRST_ORDER))


class Accuracy(NamedTuple):
    """Bounds (batch, k) for computed x^: ||x^ - A^+ y||, ||y - A x^|| - ||y - A A^+ y||, and ||A^T (y - A x^)||.

    `kernel` bounds the part of x^ in the kernel of A.
    """

    solution: Float64
    excess: Float64
    gradient: Float64
    kernel: Float64


@silent
def accuracy(s: Solutions, computed: Float64, method: str, arithmetic: Arithmetic) -> Accuracy:
    """How close a method comes to A^+ y; `computed` (batch, n, k) enters through its norm.

    A backward stable method solves a system with a relative perturbation c u of A and y, c = 10 sqrt(M) for Householder
    QR (ASNA theorems 20.3 and 21.4; calibrated), T more by SVD, twice that below full rank (see `perturbation`). Then

        solution   c u kappa (2 ||x|| + (kappa + 1) ||r|| / ||A||) / (1 - c u kappa)         Wedin, ASNA theorem 20.1
        excess     c u (||A|| (||x|| + ||x^||) + 2 ||y||)
        gradient   ||A|| times that

    since x^ minimises the perturbed residual, and at the minimum the perturbed gradient vanishes. Multiplying by a
    computed A^+ = (A + E)^+ + F adds (||F|| + gamma_m ||A^+||_F) ||y||, and ||A|| times that to the residual. The
    normal equations have kappa^2 in place of kappa (ASNA section 20.4): c u kappa^2 (2 ||x|| + ||r|| / ||A||), and an
    excess larger by kappa; but A^T w^ stays in the range of A^T up to gamma_m ||A||_F ||w^||, the rounding of this
    product (ASNA (3.13)), where ||w^|| is at most 1 / (1 - FIRST_ORDER) times ||A^+|| ||x||. Infinite where c u kappa
    (or kappa^2) exceeds `FIRST_ORDER`.
    """
    n, m = s.inverses.value.shape[-2:]
    norms, c = s.inverses.norms, _backward_error(s, method, arithmetic)[:, None]
    norm_a, kappa = norms.spectral[:, None], norms.kappa[:, None]
    rest = s.norm_r / np.where(norm_a > 0, norm_a, np.inf)
    norm_computed = np.sqrt((computed**2).sum(-2))
    excess = c * (norm_a * (s.norm_x + norm_computed) + 2 * s.norm_y)
    gradient = norm_a * excess
    if method in ORTHOGONAL + BY_SVD:
        small, forward = c * kappa, c * kappa * (2 * s.norm_x + (kappa + 1) * rest)
    else:
        small, forward = c * kappa**2, c * kappa**2 * (2 * s.norm_x + rest)
        excess = excess * kappa
    off = gamma(m, arithmetic.result.u) * norms.frobenius * norms.inverse / (1 - FIRST_ORDER)
    forward = np.where(small <= FIRST_ORDER, forward / (1 - np.minimum(small, FIRST_ORDER)), np.inf)
    if method == "pinv":
        multiplied = (
            perturbation(s.inverses, m, n, arithmetic).of_product
            + gamma(m, arithmetic.result.u) * norms.inverse_frobenius
        )
        added = np.where(s.norm_y > 0, multiplied[:, None] * s.norm_y, 0.0)
        forward, excess, gradient = forward + added, excess + norm_a * added, gradient + norm_a**2 * added
    own = 2 * U64 * s.norm_x + max(m, n) ** 2 * arithmetic.result.eta
    kernel = forward if method in ORTHOGONAL + BY_SVD else off[:, None] * s.norm_x
    bounds = (forward + own, excess + norm_a * own, gradient + norm_a**2 * own, kernel + own)
    return Accuracy(*(upward(b) for b in bounds))


def unreached(a: Float64, x: Float64, y: Float64) -> Float64:
    """y - A x for A (batch, m, n), x (batch, n, k), y (batch, m, k), as rows (batch, k, m), almost exactly.

    Each column is scaled by itself: what is left of its residual is small against that column only.
    """
    scaled, e = normalise(x, -2)
    return np.ldexp(residual(np.ldexp(y, -e), a, scaled).value, e).swapaxes(-1, -2)


def gradients(a: Float64, rows: Float64) -> Float64:
    """A^T r for residuals r as rows (batch, k, m), again as rows (batch, k, n)."""
    batch, k, _ = rows.shape
    scaled, e = normalise(rows, -1)
    return np.ldexp(-residual(np.zeros((batch, k, a.shape[-1])), scaled, a).value, e)


def along_kernel(s: Solutions, x: Float64, bound: Float64) -> Defect:
    """z . x for the padded basis vectors z of ker A, as (batch, k, d); `bound` (batch, k) is on x's part in the kernel.

    z . x is at most ||z|| times that, and u_64 ||z|| ||x|| for the rounding of z.
    """
    size = np.sqrt((s.kernel**2).sum(-2))[:, None, :]
    (z, of_z), (scaled, of_x) = normalise(s.kernel, -2), normalise(x, -2)
    zero = np.zeros((len(x), z.shape[-1], x.shape[-1]))
    products = np.ldexp(residual(zero, z.swapaxes(-1, -2), scaled).value, of_z.swapaxes(-1, -2) + of_x)
    observed = products.swapaxes(-1, -2)
    allowed = bound + 2 * U64 * np.sqrt((x**2).sum(-2))
    return Defect(observed, Truth(np.zeros_like(observed), np.where(size > 0, upward(size * allowed[..., None]), 0.0)))

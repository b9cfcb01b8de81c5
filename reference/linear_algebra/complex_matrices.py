"""Decompositions of complex matrices: Z = X + iY acts as the real matrix ((X, -Y), (Y, X)) of twice the size.

That map takes sums to sums, products to products and conjugate transposes to transposes; every singular value and every
eigenvalue of a Hermitian matrix appears twice, and norms of all entries grow by sqrt(2). So residuals, certified values
and bounds are those of real matrices of twice the size, BND-SVD, BND-EIGH and BND-EIG; that their constants serve for
complex arithmetic, too, is calibrated (torch 2.13 with MKL; n <= 33).
"""

from __future__ import annotations

import numpy as np
from flint import acb, acb_mat, arb
from numpy.typing import NDArray

from reference import exact
from reference.bounds import balance, eig_error, svd_residual_error
from reference.double_double import normalise
from reference.formats import Arithmetic
from reference.linear_algebra import svd, symmetric_eigen
from reference.linear_algebra.eigen import COMPLEX, determinant_change
from reference.linear_algebra.residuals import MATRIX, Defect, Residual, defect, frobenius, plus, residual
from reference.rounding import U64, gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Complex128 = NDArray[np.complex128]


def stacked(z: Complex128) -> Float64:
    """X above Y, (..., 2m, n)."""
    return np.concatenate((np.real(z), np.imag(z)), -2).astype(np.float64)


def embedded(z: Complex128) -> Float64:
    """((X, -Y), (Y, X)), (..., 2m, 2n)."""
    return np.concatenate((stacked(z), stacked(1j * z)), -1)


def twice(values: Float64) -> Float64:
    """Values of a complex matrix (..., k) as those of the real one (..., 2k), in the order of `embedded` columns."""
    return np.concatenate((values, values), -1)


def conjugate_transpose(z: Complex128) -> Complex128:
    """Z^H."""
    return np.asarray(z.conj().swapaxes(-1, -2))


def reconstruction(z: Complex128, u: Complex128, s: Float64, vh: Complex128, arithmetic: Arithmetic) -> Defect:
    """Z - U D V^H for U (..., m, k) and V^H (..., k, n), within BND-SVD of the real matrix."""
    return svd.reconstruction(embedded(z), embedded(u), twice(s), embedded(vh), arithmetic)


def orthonormality(q: Complex128, size: int, arithmetic: Arithmetic) -> Defect:
    """I - Q^H Q for Q (..., p, k), a factor of a complex matrix of max(m, n) = `size`."""
    return svd.orthogonality(embedded(q), 2 * size, arithmetic)


def singular_values(z: Complex128, arithmetic: Arithmetic) -> tuple[Truth, Truth]:
    """Singular values (..., k), with vectors and alone."""
    found = svd.singular_values(embedded(z), arithmetic)
    return _every_other(found.with_vectors), _every_other(found.alone)


def _every_other(truth: Truth) -> Truth:
    return Truth(truth.value[..., ::2], truth.bound[..., ::2])


def spectral_reconstruction(h: Complex128, w: Float64, q: Complex128, arithmetic: Arithmetic) -> Defect:
    """H - Q L Q^H for Hermitian H, within BND-EIGH of the real matrix."""
    return symmetric_eigen.reconstruction(embedded(h), twice(w), embedded(q), arithmetic)


def eigenvalues(h: Complex128, arithmetic: Arithmetic) -> Truth:
    """Eigenvalues (..., n) of Hermitian H, ascending."""
    return _every_other(symmetric_eigen.eigenvalues(embedded(h), arithmetic))


@silent
def pair_defects(z: Complex128, w: Complex128, v: Complex128, device: str, arithmetic: Arithmetic) -> Defect:
    """(Z v_i - w_i v_i) / d as rows (..., n, 2n), within BND-EIG of the real matrix times ||v_i / d||.

    That is twice the one of a real matrix of order n. Balancing sees magnitudes only.
    """
    n = z.shape[-1]
    balanced = balance(np.abs(z), device)
    scaled, e = normalise(embedded(z), MATRIX)
    values = np.ldexp(w.real, -e[..., 0]) + 1j * np.ldexp(w.imag, -e[..., 0])
    left = np.concatenate((scaled, embedded(v)), -1)
    right = np.concatenate((-stacked(v), stacked(values[..., None] * np.eye(n))), -2)
    r = residual(np.zeros((*z.shape[:-2], 2 * n, n)), left, right)
    inverse = 1 / balanced.scale
    length = np.sqrt((np.abs(v * inverse[..., None]) ** 2).sum(-2))
    bound = 2 * eig_error(balanced, arithmetic)[..., None] * length
    error = np.ldexp(r.error, e[..., 0, 0]) * inverse.max(-1, initial=1.0)
    rows = np.ldexp(r.value, e).swapaxes(-1, -2) * np.concatenate((inverse, inverse), -1)[..., None, :]
    return Defect(rows, Truth(np.zeros_like(rows), plus(upward(bound), error[..., None])))


@silent
def distance_to_singularity(
    z: Complex128, w: Complex128, device: str, arithmetic: Arithmetic
) -> tuple[Float64, Float64]:
    """sigma_min(B - w_i I) (..., n) for the balanced Z, by float64, and what BND-EIG and float64 allow."""
    balanced, n = balance(np.abs(z), device), z.shape[-1]
    if n == 0:
        return np.zeros(w.shape), np.zeros(w.shape)
    b = z / balanced.scale[..., :, None] * balanced.scale[..., None, :]
    shifted = b[..., None, :, :] - w[..., None, None] * np.eye(n)
    found = np.asarray(np.linalg.svd(shifted, compute_uv=False)[..., -1], np.float64)
    allowed = 2 * eig_error(balanced, arithmetic) + 20 * n * U64 * balanced.norm
    return found, np.broadcast_to(allowed[..., None], found.shape)


@silent
def product_defect(z: Complex128, q: Complex128, r: Complex128, arithmetic: Arithmetic) -> Defect:
    """Z - Q R, within BND-SVD of the real matrix, which covers Householder's factorisation (ASNA theorem 19.4)."""
    a = embedded(z)
    m, n = a.shape[-2:]
    return defect(residual(a, embedded(q), embedded(r)), svd_residual_error(frobenius(a), m, n, arithmetic))


@silent
def solution_defect(z: Complex128, x: Complex128, b: Complex128, arithmetic: Arithmetic) -> Defect:
    """B - Z X for X (..., n, k): 4 gamma_{3n} |L||U||X| (ASNA theorem 9.4, lemma 3.5), |L||U| as large as Z.

    That is calibrated: partial pivoting. n k eta for what vanishes.
    """
    n = z.shape[-1]
    found: Residual = residual(stacked(b), embedded(z), stacked(x))
    size = np.linalg.norm(z, axis=(-2, -1)) * np.linalg.norm(x, axis=(-2, -1))
    bound = COMPLEX * gamma(3 * n, arithmetic.result.u) * size + n * b.shape[-1] * arithmetic.result.eta
    return defect(found, upward(bound, n * n))


@silent
def determinant(z: Complex128, arithmetic: Arithmetic) -> Truth:
    """det Z as (batch, 2), real and imaginary part, in balls; bounds (batch,) on the modulus of the error.

    The computed one is that of Z + E, ||E||_F <= 4 gamma_{3n} ||Z||_F as for solutions, and rounds in n products.
    Infinite where those may overflow.
    """
    n, f = z.shape[-1], arithmetic.result
    found = np.array([_determinant(m) for m in z]).reshape(len(z), 2)
    sigma = _singular_values(z) * (1 + 2.0**-40)
    moved = determinant_change(sigma, COMPLEX * gamma(3 * n, f.u) * np.linalg.norm(z, axis=(-2, -1)))
    size = np.hypot(*found.T)
    bound = moved + COMPLEX * gamma(n, f.u) * (size + moved) + 2 * U64 * size
    largest = np.maximum(1.0, np.linalg.norm(z, axis=(-2, -1)))
    bound = upward(bound + n * f.eta * largest ** max(n - 1, 0), n)
    return Truth(found, np.where(overflows(largest**n, f), np.inf, bound))


def _singular_values(z: Complex128) -> Float64:
    """Those of (batch, n, n), by float64."""
    return np.asarray(np.linalg.svd(z, compute_uv=False) if z.size else np.zeros(z.shape[:-1]), np.float64)


def _determinant(z: Complex128) -> tuple[float, float]:
    n = len(z)
    with exact.precision(2 * exact.BITS):
        balls = [acb(arb(exact.rational(x.real)), arb(exact.rational(x.imag))) for x in z.ravel().tolist()]
        value = acb_mat(n, n, balls).det() if n else acb(1)
        return float(value.real.mid()), float(value.imag.mid())


def regular(z: Complex128, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Which square matrices are nonsingular by a factor of 8 n^2 u of their norm, (batch,)."""
    n, s = z.shape[-1], _singular_values(z)
    return np.asarray(s.min(-1, initial=np.inf) > 8 * n**2 * arithmetic.result.u * s.max(-1, initial=0.0))

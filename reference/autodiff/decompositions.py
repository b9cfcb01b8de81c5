"""Decompositions and what is made of them, written out in hyper-dual arithmetic: functions that no gauge changes.

Each takes x of shape (batch, n), the entries of the matrices row by row, and returns (batch, m).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked
from reference.autodiff.matrix_programs import by_lapack, determinant, eliminated, flat, inverse, matmul, square
from reference.autodiff.programs import Program, dot, total

BACKWARD = 30
"""LAPACK decomposes A + E, ||E||_F <= 30 sqrt(n) u ||A||_F (LAPACK Users' Guide, 3rd ed., 4.7; calibrated)."""


def stably(program: Program) -> Program:
    """A function of a decomposition by orthogonal transformations, which is that of a neighbour of the matrix.

    The error of the matrix is normwise, and runs through the program as that of its entries.
    """

    def of_neighbours(x: Dual) -> Dual:
        error = np.zeros(x.mid.shape)
        error[0] = BACKWARD * x.u * np.sqrt(3.0 * (x.value**2).sum(-1, keepdims=True))
        return program(x.erring(error))

    return of_neighbours


def of_shape(x: Dual, m: int, n: int) -> Dual:
    """The first m n entries as matrices (batch, m, n)."""
    return x[..., : m * n].reshape(len(x.value), m, n)


class Orthogonal(NamedTuple):
    """Q (batch, m, k) with orthonormal columns and R (batch, k, n), upper triangular with a positive diagonal."""

    q: Dual
    r: Dual


def orthogonalised(a: Dual) -> Orthogonal:
    """By Gram-Schmidt, of the first min(m, n) columns; the rest of R is Q^T A."""
    columns: list[Dual] = []
    for j in range(min(a.shape[-2:])):
        rest = a[..., j]
        for q in columns:
            rest = rest - q * dot(q, rest)
        columns.append(rest / e.sqrt(dot(rest, rest)))
    q = stacked(columns)
    return Orthogonal(q, matmul(q.mT, a) * np.tri(a.shape[-1], q.shape[-1]).T)


class Spectrum(NamedTuple):
    """Eigenvalues (batch, n), and projectors (batch, n, n, n) on the eigenspaces, in ascending order."""

    values: Dual
    projectors: Dual


def spectrum(a: Dual) -> Spectrum:
    """Of matrices that are almost diagonal, with distinct real eigenvalues.

    In the basis of eigenvectors at the point the matrix is a diagonal one and a nilpotent one B. Its eigenvectors are
    e_i + r_i, where (lambda_i - B_kk) r_ki is entry k of the product of what is off the diagonal with e_i + r_i: an
    iteration gains one order (perturbation theory: G. W. Stewart and J. Sun, Matrix Perturbation Theory, 1990, ch. V).
    """
    n, batch = a.shape[-1], np.arange(len(a.value))[:, None]
    vectors = np.real(np.linalg.eig(a.value)[1])
    home = np.argsort(np.abs(vectors).argmax(-2), -1)
    basis = a.of(np.take_along_axis(vectors, home[:, None], -1))
    b = matmul(matmul(inverse(basis), a), basis)
    one = np.eye(n)
    diagonal = b[..., np.arange(n), np.arange(n)]
    right = a.of(np.broadcast_to(one, a.shape))
    values = diagonal
    for _ in range(max(1, len(a.mid).bit_length() - 1)):
        product = matmul(b * (1 - one), right)
        values = diagonal + product[..., np.arange(n), np.arange(n)]
        apart = values[..., None, :] - diagonal[..., :, None]
        right = a.of(np.broadcast_to(one, a.shape)).chosen(one == 1, product / apart.chosen(one == 0, 1.0))
    columns, rows = matmul(basis, right), matmul(inverse(right), inverse(basis))
    projectors = columns.mT[..., :, :, None] * rows[..., :, None, :]
    order = np.argsort(values.value, -1)
    return Spectrum(values[batch, order], projectors[batch, order])


def of_spectrum(a: Dual, function: Callable[[Dual], Dual]) -> Dual:
    """f(lambda_1) P_1 + ... + f(lambda_n) P_n."""
    values, projectors = spectrum(a)
    return flat((function(values)[..., None, None] * projectors).sum(-3))


def symmetric(x: Dual) -> Dual:
    """The symmetric part of a square matrix."""
    a = square(x)
    return (a + a.mT).scaled(0.5)


def _polar(a: Dual) -> Dual:
    """U V^T = A (A^T A)^(-1/2)."""
    root = of_spectrum(matmul(a.mT, a), lambda s: s.power(-0.5))
    return flat(matmul(a, square(root)))


def _first_dyad(a: Dual) -> Dual:
    """u_1 v_1^T = A P_1 / s_1."""
    values, projectors = spectrum(matmul(a.mT, a))
    return flat(matmul(a, projectors[..., -1, :, :]) * values[..., -1].power(-0.5)[..., None, None])


def _triangular_factors(a: Dual) -> Dual:
    """L + U of L U = A, without exchanges."""
    n = a.shape[-1]
    rows = [a[..., i, :] for i in range(n)]
    below = {}
    for j in range(n):
        for i in range(j + 1, n):
            below[i, j] = rows[i][..., j] / rows[j][..., j]
            rows[i] = rows[i] - rows[j] * below[i, j][..., None]
    one = np.eye(n)
    every = [[below.get((i, j), rows[i][..., j]) for j in range(n)] for i in range(n)]
    return flat(stacked([stacked(row) for row in every], -2) + one)


def _cholesky_upper(x: Dual) -> Dual:
    """R of R^T R = A A^T + 1: that of QR of A^T above 1."""
    a = square(x)
    one = a.of(np.broadcast_to(np.eye(3), a.shape))
    return flat(orthogonalised(joined([a.mT, one], -2)).r)


def least_squares(a: Dual, y: Dual) -> Dual:
    """The solution of the normal equations of a tall matrix; for a wide one that of least norm."""
    tall = a.shape[-2] >= a.shape[-1]
    if tall:
        return eliminated(matmul(a.mT, a), matmul(a.mT, y))[1]
    return matmul(a.mT, eliminated(matmul(a, a.mT), y)[1])


def _solution_from_the_right(x: Dual) -> Dual:
    """X of X U = B, for the upper triangle U of a matrix with ones on its diagonal, and a row B."""
    u = square(x[..., :9]) * np.triu(np.ones((3, 3)), 1) + np.eye(3)
    return eliminated(u.mT, x[..., 9:, None])[1][..., 0]


def _condition(x: Dual) -> Dual:
    """s_1 / s_2 of a matrix of order 2: the larger root of t + 1/t = ||A||_F^2 / |det A|."""
    half = dot(x, x).scaled(0.5) / e.absolute(x[..., :1] * x[..., 3:] - x[..., 1:2] * x[..., 2:3])
    return half + e.sqrt(half * half - 1.0)


def _kronecker(x: Dual) -> Dual:
    """Of a matrix (2, 2) and a row of 2."""
    return flat(of_shape(x, 2, 2)[..., None] * x[..., None, None, 4:])


def _three(x: Dual) -> Dual:
    a, b, c = (of_shape(x[..., 4 * i :], 2, 2) for i in range(3))
    return flat(matmul(matmul(a, b), c))


def _negative_power(x: Dual) -> Dual:
    a = inverse(square(x))
    return flat(matmul(a, a))


DECOMPOSITION_PROGRAMS: dict[str, Program] = {
    "orthogonal factor": stably(lambda x: flat(orthogonalised(square(x)).q)),
    "orthogonal factor of a tall matrix": stably(lambda x: flat(orthogonalised(of_shape(x, 3, 2)).q)),
    "triangular factor": stably(lambda x: flat(orthogonalised(square(x)).r)),
    "triangular factor of a tall matrix": stably(lambda x: flat(orthogonalised(of_shape(x, 3, 2)).r)),
    "triangular factor of a wide matrix": stably(lambda x: flat(orthogonalised(of_shape(x, 3, 2).mT).r)),
    "factors of LU": by_lapack(lambda x: _triangular_factors(square(x))),
    "upper Cholesky factor": by_lapack(_cholesky_upper),
    "eigenvalues of order 3": stably(lambda x: spectrum(symmetric(x)).values),
    "projector on an eigenvector": stably(lambda x: flat(spectrum(symmetric(x)).projectors[..., -1, :, :])),
    "square root of a symmetric matrix": stably(lambda x: of_spectrum(symmetric(x), e.sqrt)),
    "real eigenvalues": stably(lambda x: spectrum(square(x)).values),
    "square root by eigenvectors": stably(lambda x: of_spectrum(square(x), e.sqrt)),
    "singular values of a tall matrix": stably(
        lambda x: e.sqrt(spectrum(matmul(of_shape(x, 3, 2).mT, of_shape(x, 3, 2))).values)[..., ::-1]
    ),
    "polar factor": stably(lambda x: _polar(of_shape(x, 3, 2))),
    "polar factor of a square matrix": stably(lambda x: _polar(square(x))),
    "product of first singular vectors": stably(lambda x: _first_dyad(of_shape(x, 3, 2))),
    "condition number": stably(_condition),
    "least squares": stably(lambda x: flat(least_squares(of_shape(x, 3, 2), x[..., 6:, None]))),
    "least squares of least norm": stably(lambda x: flat(least_squares(of_shape(x, 3, 2).mT, x[..., 6:, None]))),
    "pseudoinverse of a wide matrix": stably(
        lambda x: flat(least_squares(of_shape(x, 3, 2).mT, x.of(np.broadcast_to(np.eye(2), (len(x.value), 2, 2)))))
    ),
    "negative matrix power": by_lapack(_negative_power),
    "logarithm of a positive determinant": by_lapack(lambda x: e.log(determinant(square(x)))),
    "triangular solution from the right": by_lapack(_solution_from_the_right),
    "Kronecker product": _kronecker,
    "product of three matrices": _three,
    "trilinear form": lambda x: total(flat(of_shape(x, 2, 2) * x[..., 4:6, None] * x[..., None, 6:])),
}
"""By the name of the row of the table of functions."""

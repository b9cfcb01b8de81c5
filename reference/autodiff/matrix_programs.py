"""Differentiable functions of matrices, written out in hyper-dual arithmetic, with elimination entry by entry.

Each takes x of shape (batch, n), the entries of the matrices row by row, and returns (batch, m).
"""

from __future__ import annotations

import numpy as np

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked
from reference.autodiff.programs import Program, dot, product, total
from reference.linear_algebra.exponential import APPROXIMATION

TERMS = 36
"""Of the exponential series: for norms up to 3 the rest is below 2 * 3^36 / 36! < 2^-80."""


def square(x: Dual) -> Dual:
    """The n^2 entries as matrices (batch, n, n)."""
    n = int(np.sqrt(x.shape[-1]))
    return x.reshape(len(x.value), n, n)


def flat(a: Dual) -> Dual:
    """Matrices as rows."""
    return a.reshape(len(a.value), -1)


def matmul(a: Dual, b: Dual) -> Dual:
    """Products of matrices (..., m, k) and (..., k, n)."""
    return (a[..., :, :, None] * b[..., None, :, :]).sum(-2)


def eliminated(a: Dual, b: Dual) -> tuple[list[Dual], Dual]:
    """The pivots of a and the solution of a x = b, by Gauss-Jordan elimination without exchanges."""
    n = a.shape[-1]
    rows = [joined([a[..., i, :], b[..., i, :]]) for i in range(n)]
    pivots = []
    for i in range(n):
        pivots.append(rows[i][..., i])
        rows[i] = rows[i] / rows[i][..., i : i + 1]
        rows = [row if j == i else row - rows[i] * row[..., i : i + 1] for j, row in enumerate(rows)]
    return pivots, stacked([row[..., n:] for row in rows], -2)


def inverse(a: Dual) -> Dual:
    """The inverses."""
    n = a.shape[-1]
    return eliminated(a, a.of(np.broadcast_to(np.eye(n), a.shape)))[1]


def determinant(a: Dual) -> Dual:
    """The product of the pivots, (batch, 1)."""
    pivots, _ = eliminated(a, a[..., :, :1])
    return product(stacked(pivots)).reshape(-1, 1)


def _log_determinant(a: Dual) -> Dual:
    return total(e.log(e.absolute(stacked(eliminated(a, a[..., :, :1])[0]))))


def _cholesky(x: Dual) -> Dual:
    """Of A A^T + 1: the lower triangle of the factor, row by row."""
    a = square(x)
    c = matmul(a, a.mT) + np.eye(a.shape[-1])
    n = a.shape[-1]
    lower: dict[tuple[int, int], Dual] = {}
    for j in range(n):
        for i in range(j, n):
            rest = c[..., i, j]
            for k in range(j):
                rest = rest - lower[i, k] * lower[j, k]
            lower[i, j] = e.sqrt(rest) if i == j else rest / lower[j, j]
    zero = lower[0, 0].of(np.zeros(lower[0, 0].shape))
    return stacked([lower.get((i, j), zero) for i in range(n) for j in range(n)])


def _pseudoinverse(x: Dual) -> Dual:
    a = x.reshape(len(x.value), -1, 2)
    return flat(eliminated(matmul(a.mT, a), a.mT)[1])


def _solution(x: Dual) -> Dual:
    return flat(eliminated(square(x[..., :9]), x[..., 9:].reshape(len(x.value), 3, 1))[1])


def _lower_solution(x: Dual) -> Dual:
    a = square(x[..., :9]) * np.tri(3)
    return flat(eliminated(a, x[..., 9:].reshape(len(x.value), 3, 1))[1])


def _gram(x: Dual) -> Dual:
    """L L^T of the lower triangle L of a matrix of order 3."""
    lower = square(x) * np.tri(3)
    return matmul(lower, lower.mT)


def _reflections(x: Dual) -> Dual:
    """The first two columns of (1 - t_1 v_1 v_1^T)(1 - t_2 v_2 v_2^T), v_j = e_j + what is below the diagonal."""
    below = x.reshape(len(x.value), 3, 2) * np.tri(3, 2, -1)
    q = x.of(np.broadcast_to(np.eye(3, 2), (len(x.value), 3, 2)))
    for j in (1, 0):
        v = below[..., j : j + 1] + np.eye(3)[:, j : j + 1]
        squares = (below[..., j] * below[..., j]).sum()
        t = 2.0 / (squares + 1.0)
        q = q - v * matmul(v.mT, q) * t[..., None, None]
    return flat(q)


def _two_eigenvalues(p: Dual, q: Dual, r: Dual) -> Dual:
    """Of [[p, q], [q, r]], the smaller one first."""
    middle, half = (p + r).scaled(0.5), (p - r).scaled(0.5)
    radius = e.sqrt(half * half + q * q)
    return stacked([middle - radius, middle + radius])


def _eigenvalues(x: Dual) -> Dual:
    """Of the symmetric part of a matrix of order 2."""
    return _two_eigenvalues(x[..., 0], (x[..., 1] + x[..., 2]).scaled(0.5), x[..., 3])


def _singular_values(x: Dual) -> Dual:
    """s1 + s2 and |s1 - s2| are the roots of ||A||_F^2 + 2 |det A| and ||A||_F^2 - 2 |det A|, for order 2."""
    squares, twice = dot(x, x)[..., 0], e.absolute(x[..., 0] * x[..., 3] - x[..., 1] * x[..., 2]).scaled(2.0)
    both, apart = e.sqrt(squares + twice), e.sqrt(squares - twice)
    return stacked([(both + apart).scaled(0.5), (both - apart).scaled(0.5)])


def _exponential(x: Dual) -> Dual:
    """With the error in norm that `reference.linear_algebra.exponential` allows polynomials.

    The derivative along directions U_i is at most e^||A|| times the product of the ||U_i||.
    """
    a = square(x)
    n = a.shape[-1]
    term = result = a
    for k in range(2, TERMS):
        term = matmul(term, a).scaled(1 / k)
        result = result + term
    norms = np.sqrt((x.mid**2).sum(-1, keepdims=True))
    sizes = [np.exp(norms[0])]
    for s in range(1, len(norms)):
        lowest = s & -s
        sizes.append(sizes[s ^ lowest] * norms[lowest])
    return flat(result + np.eye(n)).erring(APPROXIMATION * (n + 1) * n**0.5 * x.u * np.stack(sizes))


def _of_two(x: Dual) -> tuple[Dual, Dual]:
    return x[..., :6].reshape(len(x.value), 2, 3), x[..., 6:].reshape(len(x.value), 3, 2)


def _linear(x: Dual) -> Dual:
    """An input of 2, a weight of (2, 2) and a bias of 2, from which the sum may start."""
    v, w, b = x[..., :2], x[..., 2:6].reshape(len(x.value), 2, 2), x[..., 6:]
    return joined([w * v[..., None, :], b[..., None]]).sum()


def _cube_of_matrix(x: Dual) -> Dual:
    a = square(x)
    return flat(matmul(matmul(a, a), a))


LAPACK = 4
"""How much farther algorithms other than elimination and closed forms may be off (calibrated: 2.1 seen)."""


def by_lapack(program: Program) -> Program:
    """A program whose errors may be so many times as large."""

    def allowed(x: Dual) -> Dual:
        y = program(x)
        return y.erring((LAPACK - 1) * y.rad)

    return allowed


MATRIX_PROGRAMS: dict[str, Program] = {
    "matmul": lambda x: flat(matmul(*_of_two(x))),
    "linear": _linear,
    "outer": lambda x: flat(x[..., :2, None] * x[..., None, 2:]),
    "trace": lambda x: total(x[..., :: int(np.sqrt(x.shape[-1])) + 1]),
    "frobenius norm": lambda x: e.sqrt(dot(x, x)),
    "matrix power": _cube_of_matrix,
    "determinant": by_lapack(lambda x: determinant(square(x))),
    "log of the determinant": by_lapack(lambda x: _log_determinant(square(x))),
    "inverse": by_lapack(lambda x: flat(inverse(square(x)))),
    "solution": by_lapack(_solution),
    "triangular solution": by_lapack(_lower_solution),
    "Cholesky factor": by_lapack(_cholesky),
    "inverse by a Cholesky factor": by_lapack(lambda x: flat(inverse(_gram(x)))),
    "solution by a Cholesky factor": by_lapack(lambda x: flat(eliminated(_gram(x[..., :9]), x[..., 9:, None])[1])),
    "product of reflections": by_lapack(_reflections),
    "solution by LU factors": by_lapack(_solution),
    "pseudoinverse": by_lapack(_pseudoinverse),
    "eigenvalues of a symmetric matrix": by_lapack(_eigenvalues),
    "singular values": by_lapack(_singular_values),
    "nuclear norm": by_lapack(lambda x: total(_singular_values(x))),
    "spectral norm": by_lapack(lambda x: _singular_values(x)[..., :1]),
    "matrix exponential": _exponential,
}
"""By the name of the row of the table of functions."""

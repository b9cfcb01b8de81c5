"""Closed forms of the derivatives of products, inverses, determinants and pseudoinverses, and their error bounds.

X stands for the inverse or pseudoinverse, T for a direction, G for a cotangent; all norms are Frobenius norms.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import Chain
from reference.formats import Arithmetic
from reference.linear_algebra.eigen import FIRST_ORDER, determinant_change, determinants
from reference.linear_algebra.pseudoinverse import Inverses, inverse_truth, pseudoinverse_truth
from reference.linear_algebra.residuals import frobenius
from reference.rounding import U64, gamma, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def product(x: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """X Y (..., m, n): a pullback of a matrix product is one matrix product (BND-CHAIN)."""
    return Chain.of(x, arithmetic).matmul(y).truth()


@silent
def pushforward_of_product(a: Float64, b: Float64, t: Float64, s: Float64, arithmetic: Arithmetic) -> Truth:
    """T B + A S (..., m, n): two products (BND-CHAIN) and the rounding of their sum."""
    left, right = product(t, b, arithmetic), product(a, s, arithmetic)
    value = left.value + right.value
    error = left.bound + right.bound
    added = rounded(error, np.abs(value), arithmetic.result, underflow=False)
    return Truth(value, upward(added) + 2 * U64 * np.abs(value))


def transpose(a: Float64) -> Float64:
    """The last two axes exchanged."""
    return a.swapaxes(-1, -2)


@silent
def _sandwich(left: Float64, middle: Float64, right: Float64, off: Float64, arithmetic: Arithmetic) -> Truth:
    """-X M X for an inverse known up to `off`: (2 ||X|| off + off^2) ||M||, and two products, gamma_{2n+2}."""
    n, x, m = left.shape[-1], frobenius(left), frobenius(middle)
    value = -(left @ middle @ right)
    moved = (2 * x * off + off**2) * m
    rounding = (gamma(2 * n + 2, arithmetic.result.u) + gamma(4 * n + 8, U64)) * (x + off) ** 2 * m
    return Truth(value, upward(moved + rounding, n))


def pullback_of_inverse(inverses: Inverses, g: Float64, arithmetic: Arithmetic) -> Truth:
    """-X^T G X^T (..., n, n), X = A^-1."""
    x = transpose(inverses.value)
    return _sandwich(x, g, x, inverse_truth(inverses, arithmetic).bound, arithmetic)


def pushforward_of_inverse(inverses: Inverses, t: Float64, arithmetic: Arithmetic) -> Truth:
    """-X T X (..., n, n), X = A^-1."""
    return _sandwich(inverses.value, t, inverses.value, inverse_truth(inverses, arithmetic).bound, arithmetic)


@silent
def adjugates(a: Float64) -> Float64:
    """The transposed adjugates (batch, n, n), gradients of the determinant: cofactors by exact rationals."""
    batch, n, _ = a.shape
    found = np.zeros(a.shape)
    for b in range(batch):
        for i in range(n):
            for j in range(n):
                minor = np.delete(np.delete(a[b], i, 0), j, 1)
                q = exact.rational_matrix(minor).det() if minor.size else exact.rational(1.0)
                found[b, i, j] = (-1) ** (i + j) * exact.nearest(q)
    return found


class SolutionDerivatives(NamedTuple):
    """Of X = A^-1 B (batch, n, k): the pullbacks of a cotangent by A and by B, and the derivative along (T, S)."""

    by_matrix: Truth
    by_right_side: Truth
    along: Truth


@silent
def of_solution(
    inverses: Inverses, b: Float64, t: Float64, s: Float64, g: Float64, arithmetic: Arithmetic
) -> SolutionDerivatives:
    """-A^-T G X^T, A^-T G, and A^-1 (S - T X) for directions T of A and S of B and a cotangent G of X.

    A solution with the right-hand side R misses `off` ||R|| (`inverse_truth`), which a second one or a product of
    gamma_n with a factor that itself misses something passes on: ||P^ Q^ - P Q|| <= p ||Q|| + ||P|| q + p q + gamma_n
    (||P|| + p) (||Q|| + q).
    """
    n, u, inverse = inverses.value.shape[-1], arithmetic.result.u, inverses.value
    off, size = inverse_truth(inverses, arithmetic).bound, frobenius(inverse)
    own = gamma(4 * n + 8, U64)
    x, right = inverse @ b, transpose(inverse) @ g
    residual = s - t @ x
    of_x, of_right = (upward((off + own * size) * frobenius(r), n) for r in (b, g))
    rounding = gamma(n + 1, u) + own
    norm_x, norm_right, norm_t = frobenius(x), frobenius(right), frobenius(t)
    by_matrix = (
        of_right * norm_x + (norm_right + of_right) * of_x + rounding * (norm_right + of_right) * (norm_x + of_x)
    )
    moved = norm_t * of_x + rounding * (norm_t * (norm_x + of_x) + frobenius(s))
    along = (off + own * size) * frobenius(residual) + (size + off) * moved
    eta = n * n * arithmetic.result.eta * (1 + size + off)
    return SolutionDerivatives(
        Truth(-right @ transpose(x), upward(by_matrix + eta, n)),
        Truth(right, upward(of_right + eta, n)),
        Truth(inverse @ residual, upward(along + eta, n)),
    )


@silent
def gradient_of_determinant(a: Float64, inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """det(A) A^-T (batch, n, n) of nonsingular matrices (Jacobi's formula).

    The computed determinant is that of A + E, ||E|| <= gamma_n || |L||U| ||, taken as gamma_{3n} ||A|| as for the
    inverse (calibrated there), which changes it by `determinant_change`; times the error of the inverse.
    """
    n, u = a.shape[-1], arithmetic.result.u
    value, x = determinants(a), inverses.value
    off = inverse_truth(inverses, arithmetic).bound
    change = determinant_change(singular_values(a), gamma(3 * n, u) * frobenius(a))
    size = frobenius(x)
    bound = change * (size + off) + np.abs(value) * off + gamma(n + 4, u) * (np.abs(value) + change) * (size + off)
    # where the inverse is known to its first digits only, so is the product
    bound = np.where(off <= FIRST_ORDER * size, bound, np.inf)
    gradient = value[:, None, None] * transpose(x)
    return Truth(gradient, upward(bound + 4 * U64 * np.abs(value) * size + n * n * arithmetic.result.eta, n))


def gradient_of_logarithm(inverses: Inverses, arithmetic: Arithmetic) -> Truth:
    """A^-T (batch, n, n), the gradient of log|det A|."""
    value, bound = inverse_truth(inverses, arithmetic)
    return Truth(transpose(value), bound)


@silent
def along(gradient: Truth, t: Float64, arithmetic: Arithmetic) -> Truth:
    """<gradient, T> (...), a derivative along T: Cauchy and Schwarz for the bound, and the inner product rounds."""
    n, size = t.shape[-1] * t.shape[-2], frobenius(t)
    value = (gradient.value * t).sum((-2, -1))
    rounding = (gamma(n + 2, arithmetic.result.u) + gamma(n + 2, U64)) * (frobenius(gradient.value) + gradient.bound)
    return Truth(value, upward((gradient.bound + rounding) * size, n) + n * arithmetic.result.eta)


def singular_values(a: Float64) -> Float64:
    """Those of (batch, m, n), rounded up a little."""
    if 0 in a.shape[-2:]:
        return np.zeros((len(a), 0))
    return np.asarray(np.linalg.svd(a, compute_uv=False) * (1 + 2.0**-40), np.float64)


@silent
def gradient_at_singular(a: Float64, arithmetic: Arithmetic) -> Truth:
    """adj(A)^T (batch, n, n) at singular matrices.

    Every cofactor changes by at most prod(s_i + e) - prod(s_i) over the n - 1 largest singular values, which those of a
    submatrix do not exceed, so all by n times that for ||E|| <= e; e = gamma_{3n} ||A|| as above. That a triangular
    solve with a pivot of rounding errors adds no more is calibrated (MKL, ranks up to n - 2, n <= 5).
    """
    n = a.shape[-1]
    e = gamma(3 * n, arithmetic.result.u) * frobenius(a)
    change = determinant_change(singular_values(a)[:, : n - 1], e)
    return Truth(adjugates(a), upward(n * change, n))


@silent
def _of_pseudoinverse(
    a: Float64, inverses: Inverses, direction: Float64, value: Float64, arithmetic: Arithmetic
) -> Truth:
    """A derivative of the pseudoinverse, with the bound of both modes: X, I - A X and I - X A known up to `off`.

    Three terms with two factors X and one direction, of which two have a projector as well. With d = ||X^ - X||:
    (2 ||X|| d + d^2) for the factors, ||A|| d + gamma_m ||A|| ||X|| for a projector, and gamma_{2(m+n)+8} for the
    products.
    """
    m, n = a.shape[-2:]
    norm, x, size = frobenius(a), frobenius(inverses.value), frobenius(direction)
    off = pseudoinverse_truth(inverses, m, n, arithmetic).bound
    u = arithmetic.result.u
    squares = 2 * x * off + off**2
    projector = norm * off + gamma(m + n + 2, u) * (1 + norm * (x + off))
    both = m**0.5 + n**0.5 + 2 * projector
    moved = squares * (1 + both) + 2 * projector * (x + off) ** 2
    rounding = (gamma(2 * (m + n) + 8, u) + gamma(4 * (m + n), U64)) * (x + off) ** 2 * (1 + both)
    return Truth(value, upward((moved + rounding) * size, m + n))


def _projectors(a: Float64, x: Float64) -> tuple[Float64, Float64]:
    """I - A X (..., m, m) and I - X A (..., n, n)."""
    m, n = a.shape[-2:]
    return np.eye(m) - a @ x, np.eye(n) - x @ a


def pushforward_of_pseudoinverse(a: Float64, inverses: Inverses, t: Float64, arithmetic: Arithmetic) -> Truth:
    """-X T X + X X^T T^T (I - A X) + (I - X A) T^T X^T X (..., n, m), at full rank.

    Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973), theorem 4.3.
    """
    x = inverses.value
    p, q = _projectors(a, x)
    value = -(x @ t @ x) + x @ transpose(x) @ transpose(t) @ p + q @ transpose(t) @ transpose(x) @ x
    return _of_pseudoinverse(a, inverses, t, value, arithmetic)


def pullback_of_pseudoinverse(a: Float64, inverses: Inverses, g: Float64, arithmetic: Arithmetic) -> Truth:
    """The adjoint of the pushforward: -X^T G X^T + (I - A X) G^T X X^T + X^T X G^T (I - X A) (..., m, n)."""
    x = inverses.value
    p, q = _projectors(a, x)
    xt, gt = transpose(x), transpose(g)
    value = -(xt @ g @ xt) + p @ gt @ x @ xt + xt @ x @ gt @ q
    return _of_pseudoinverse(a, inverses, g, value, arithmetic)

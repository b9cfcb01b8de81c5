"""Weaker classes of bounds: what products by fast algorithms, one-pass variances and unshifted exponentials still meet.

They hold in a norm, or on part of the range, where the conventional bounds hold entry by entry and on all of it.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
CGL = T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for computing the sample variance: analysis and
recommendations, The American Statistician 37 (1983).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Method
from reference.rounding import gamma, overflows, silent, upward

Float64 = NDArray[np.float64]

BLOCK = 16
"""Strassen's recursion goes on while every dimension is above it; implementations stop earlier, with smaller errors."""
FAST = (Method.FOURIER, Method.STRASSEN)


def lengths(x: Float64) -> Float64:
    """2-norms over the last axis of x >= 0, kept as an axis of length 1; scaled, so that no square leaves the range."""
    exponent = np.frexp(x.max(-1, keepdims=True, initial=0.0))[1]
    return np.asarray(np.ldexp(np.sqrt((np.ldexp(x, -exponent) ** 2).sum(-1, keepdims=True)), exponent))


def fourier_factor(n: int, u: float) -> float:
    r"""K with |fl(x . y) - x . y| <= K |x|_2 |y|_2 for n terms, a coefficient of a product of polynomials by FFTs.

    ASNA Theorem 24.2: a transform of length N = 2^t errs in the 2-norm by e = t h / (1 - t h), h = u + gamma_4 (sqrt 2
    + u), relatively, for weights that are correctly rounded. Products of complex numbers err by g = sqrt 2 gamma_2
    (ASNA Lemma 3.5). With |X|_2 = sqrt N |x|_2, |X|_inf <= |x|_1 <= sqrt n |x|_2, and N >= 2n, the inverse transform of
    the products takes their errors to [(1 + e)^2 (1 + g) - 1] |x|_2 |y|_2 in each coefficient, and adds e times its
    2-norm, at most (sqrt n + e sqrt N)(1 + e)(1 + g) |x|_2 |y|_2. Infinite where e has no bound.
    """
    t = max(1, math.ceil(math.log2(2 * max(n, 1))))
    h = u + gamma(4, u) * (math.sqrt(2) + u)
    if t * h >= 0.5:
        return math.inf
    e, g = t * h / (1 - t * h), math.sqrt(2) * gamma(2, u)
    products = (1 + g) * (1 + e)
    return (products * (1 + e) - 1) + e * (math.sqrt(n) + e * math.sqrt(2**t)) * products + u


def strassen_factor(m: int, n: int, p: int, u: float) -> tuple[float, int, int]:
    """(K, levels, n_0) with max|fl(A B) - A B| <= K max|A| max|B| for A (m, n), B (n, p), K = gamma_c(u).

    ASNA Theorem 23.2, with c = 12^L (n_0^2 + 5 n_0) - 5 n for L levels of recursion down to inner blocks of n_0, where
    conventional products are within n_0^2 u; for L = 0 that is the conventional normwise bound n^2 u. Its induction
    knows of the sizes only the inner one, n = 2^L n_0, for padded matrices. Infinite where gamma has no bound.
    """
    levels = max(0, math.ceil(math.log2(max(min(m, n, p), 1) / BLOCK)))
    inner = -(-n // 2**levels)
    count = 12**levels * (inner**2 + 5 * inner) - 5 * inner * 2**levels
    return (gamma(count, u) if count * u < 0.5 else math.inf), levels, inner


@silent
def fast_product_error(x: Float64, y: Float64, arithmetic: Arithmetic) -> Float64:
    """Error of a product of matrices of magnitudes x (..., m, n) and y (..., n, p), before it is stored; (..., m, p).

    By the method of the arithmetic. FOURIER: K |row|_2 |column|_2 for every entry (`fourier_factor`); underflow takes
    at most 4 sqrt N eta (|row|_2 + |column|_2 + 2), since a butterfly loses eta, which later stages multiply by sqrt 2
    in the 2-norm. STRASSEN: K max x max y for all entries (`strassen_factor`), and eta for each of the 4^L n_0 products
    that reach an entry. Infinite where an intermediate number may overflow: it is at most N |row|_2 |column|_2, or
    12^L n_0 max x max y.
    """
    m, n, p = *x.shape[-2:], y.shape[-1]
    u, eta = arithmetic.accumulator.u, arithmetic.underflow
    if arithmetic.method is Method.FOURIER:
        return _fourier(lengths(x), lengths(y.swapaxes(-1, -2)).swapaxes(-1, -2), n, arithmetic)
    factor, levels, inner = strassen_factor(m, n, p, u)
    size = x.max((-2, -1), keepdims=True, initial=0.0) * y.max((-2, -1), keepdims=True, initial=0.0)
    error = upward(factor * size + 4**levels * inner * eta)
    reached = upward(12**levels * inner * size + error)
    bound = np.where(overflows(reached, arithmetic.accumulator), np.inf, error)
    return np.broadcast_to(np.where(size == 0, 0.0, bound), (*bound.shape[:-2], m, p))


@silent
def fast_dot_error(x: Float64, y: Float64, arithmetic: Arithmetic) -> Float64:
    """The same for inner products over the last axis of magnitudes x and y that broadcast to (..., n); by FOURIER."""
    n = np.broadcast_shapes(x.shape, y.shape)[-1]
    return _fourier(lengths(x), lengths(y), n, arithmetic)[..., 0]


def _fourier(x: Float64, y: Float64, n: int, arithmetic: Arithmetic) -> Float64:
    """For vectors of n entries and lengths that broadcast."""
    size, both, root = x * y, x + y, math.sqrt(4 * max(n, 1))
    error = fourier_factor(n, arithmetic.accumulator.u) * size + 4 * root * arithmetic.underflow * (both + 2)
    error = upward(np.where(size == 0, 0.0, error))
    reached = upward(4 * root**2 * size + root * both + error)
    return np.where(overflows(reached, arithmetic.accumulator), np.inf, error)


@silent
def one_pass_error(x: Float64, y: Float64, arithmetic: Arithmetic) -> Float64:
    """n |C^ - C| for C = (sum x y - sum x sum y / n) / n, a variance where x is y; x and y broadcast to (..., n).

    gamma_{3n+6}(ua) sqrt(sum x^2 sum y^2), n kappa^2 u relatively (CGL, table 1, "textbook"): the sum of products errs
    by gamma_n (ASNA (3.5)), each sum by gamma_{n-1}, which counts twice in their product, at most n times that root by
    Cauchy-Schwarz; up to eight roundings are left for products, quotients and the difference. For numbers of which no
    square leaves the range: `one_pass_overflows`.
    """
    n = x.shape[-1]
    size = lengths(np.abs(x)) * lengths(np.abs(y))
    return upward(gamma(3 * n + 6, arithmetic.accumulator.u) * size, 2 * n)[..., 0]


def one_pass_overflows(x: Float64, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Where the sum of squares of x (..., n), or the square of its sum, may overflow; (...)."""
    reached = math.sqrt(x.shape[-1] * (1 + gamma(3 * x.shape[-1] + 6, arithmetic.accumulator.u))) * lengths(np.abs(x))
    return ~(reached[..., 0] < math.sqrt(arithmetic.accumulator.largest))

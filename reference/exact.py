"""Exact rational and certified real arithmetic on python-flint: what decides when float64 and double-double cannot.

Rationals (`fmpq`, `fmpq_mat`) hold floats exactly. Real functions are evaluated in balls (`arb`) of at least 300 bits
and come back as enclosures or as correctly rounded float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import mul
from typing import NamedTuple, cast

import numpy as np
from flint import acb, arb, ctx, fmpq, fmpq_mat, fmpz, fmpz_mat
from numpy.typing import ArrayLike, NDArray

BITS = 300
"""Working precision of the balls, in bits, unless told otherwise."""


class Enclosure(NamedTuple):
    """`lower <= exact value <= upper`, elementwise."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Evaluate balls with `bits` bits inside the block."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def rational(x: float) -> fmpq:
    """The float as a fraction, exactly. Raises OverflowError for infinities and ValueError for NaN."""
    return fmpq(*float(x).as_integer_ratio())


def rational_matrix(a: ArrayLike) -> fmpq_mat:
    """A matrix (m, n), or a vector (n,) as a column, of floats as fractions, exactly."""
    array = np.asarray(a, np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(f"expected a matrix or a vector, got shape {array.shape}")
    m, n = array.shape
    return fmpq_mat(m, n, [rational(x) for x in array.ravel().tolist()])


def nearest(q: fmpq) -> float:
    """The float64 nearest to q, ties to even, subnormals included; +-inf where it overflows."""
    numerator, denominator = int(q.p), int(q.q)
    try:
        return numerator / denominator  # CPython divides integers with one correct rounding
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def nearest_array(a: fmpq_mat) -> NDArray[np.float64]:
    """Each entry of a rational matrix correctly rounded to float64, shape (m, n)."""
    return np.array([nearest(q) for q in a.entries()], np.float64).reshape(a.nrows(), a.ncols())


# Balls


def ball(x: float | fmpq | arb) -> arb:
    """A number as a ball: floats exactly, fractions to the working precision."""
    if isinstance(x, arb):
        return x
    return arb(x if isinstance(x, fmpq) else rational(x))


def _ratio(x: arb) -> fmpq:
    """The midpoint of a ball as a fraction, exactly."""
    mantissa, exponent = x.mid().man_exp()
    e = int(exponent)
    return fmpq(mantissa) * (fmpq(fmpz(2) ** e) if e >= 0 else fmpq(1, fmpz(2) ** -e))


def below(q: fmpq) -> float:
    """The largest float64 that is at most q (-inf below the range)."""
    x = nearest(q)
    if math.isinf(x):
        return -math.inf if x < 0 else math.nextafter(math.inf, 0.0)
    return math.nextafter(x, -math.inf) if rational(x) > q else x


def above(q: fmpq) -> float:
    """The smallest float64 that is at least q (inf above the range)."""
    return 0.0 - below(-q)


def enclosure(x: arb) -> tuple[float, float]:
    """Floats (lower, upper) around a ball, rounded outward; ValueError if it is not finite."""
    if not x.is_finite():
        raise ValueError(f"not a finite ball: {x}")
    middle, radius = _ratio(x), _ratio(x.rad())
    return below(middle - radius), above(middle + radius)


def correctly_rounded(evaluate: Callable[[], arb], *, bits: int = BITS) -> float:
    """The float64 nearest to a real number given as a ball at the precision in force.

    `evaluate` is called at `bits`, then at twice as many, up to 16 times as many, until both ends of the ball round
    alike; ArithmeticError if they never do (a number halfway between two floats whose ball is not exact).
    """
    for factor in (1, 2, 4, 8, 16):
        with precision(bits * factor):
            x = evaluate()
            if x.is_finite():
                middle, radius = _ratio(x), _ratio(x.rad())
                low, high = nearest(middle - radius), nearest(middle + radius)
                if low == high:
                    return low
    raise ArithmeticError(f"not decided at {16 * bits} bits: {x}")


def elementwise(function: Callable[..., arb], *arrays: ArrayLike) -> NDArray[np.float64]:
    """A real function of float arrays, given in balls, correctly rounded entry by entry; the arrays broadcast."""
    parts = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in arrays))

    def value(*row: float) -> float:
        return correctly_rounded(lambda: function(*map(ball, row)))

    rows = [part.ravel().tolist() for part in parts]
    return np.array(list(map(value, *rows)), np.float64).reshape(parts[0].shape)


def double_double_of_ball(x: arb) -> tuple[float, float]:
    """(hi, lo): hi nearest to the midpoint, lo nearest to the rest."""
    q = _ratio(x)
    hi = nearest(q)
    return hi, nearest(q - rational(hi))


def exact_sum(x: Iterable[float]) -> fmpq:
    """Sum of floats, exactly."""
    return sum((rational(v) for v in x), fmpq(0))


def exact_dot(x: Iterable[float], y: Iterable[float]) -> fmpq:
    """Inner product of floats, exactly."""
    return sum((rational(a) * rational(b) for a, b in zip(x, y, strict=True)), fmpq(0))


def ball_norm(x: Iterable[float], p: float) -> arb:
    """(sum |x_i|^p)^(1/p) for finite p != 0, or the maximum for p = inf, as a ball at the working precision.

    For p < 0 it is 0 where an entry is.
    """
    sizes = [abs(rational(v)) for v in x]
    if math.isinf(p):
        return ball(max(sizes, default=fmpq(0)))
    entries = [v for v in sizes if v != 0]
    if not entries or (p < 0 and len(entries) < len(sizes)):
        return arb(0)
    return sum((ball(v) ** ball(p) for v in entries), arb(0)) ** (1 / ball(p))


# Linear algebra


def rank(a: fmpq_mat) -> int:
    """Exact rank."""
    return int(a.rank())


def _pivots(reduced: fmpq_mat, r: int) -> list[int]:
    """Pivot columns of a matrix in reduced row echelon form of rank r."""
    return [next(j for j in range(reduced.ncols()) if reduced[i, j] != 0) for i in range(r)]


def _columns(a: fmpq_mat, columns: list[int]) -> fmpq_mat:
    return fmpq_mat(a.nrows(), len(columns), [a[i, j] for i in range(a.nrows()) for j in columns])


def pseudoinverse(a: fmpq_mat) -> fmpq_mat:
    """The Moore-Penrose inverse (n, m) of a rational matrix (m, n) of any rank, exactly.

    Full-rank factorisation A = C F (C the pivot columns, F the non-zero rows of the reduced row echelon form), then
    A^+ = F^T (F F^T)^-1 (C^T C)^-1 C^T (Ben-Israel and Greville, Generalized Inverses, 2nd ed., theorem 1.5).
    """
    reduced, r = a.rref()
    if r == 0:
        return fmpq_mat(a.ncols(), a.nrows())
    c = _columns(a, _pivots(reduced, r))
    f = fmpq_mat(r, a.ncols(), [reduced[i, j] for i in range(r) for j in range(a.ncols())])
    ct, ft = c.transpose(), f.transpose()
    return ft * (f * ft).inv() * (ct * c).inv() * ct


def least_squares(a: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    """A^+ b: the minimiser of ||A x - b||_2 of least norm, for any shape and rank; b is (m, k)."""
    return pseudoinverse(a) * b


def minimum_norm_solution(a: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    """The solution of least norm of the consistent system A x = b. Raises ValueError if it is inconsistent."""
    x = least_squares(a, b)
    if a * x != b:
        raise ValueError("the system is inconsistent")
    return x


def null_space(a: fmpq_mat) -> fmpq_mat:
    """A basis of ker A as the columns of a matrix (n, n - rank)."""
    reduced, r = a.rref()
    n = a.ncols()
    pivots = _pivots(reduced, r)
    free = [j for j in range(n) if j not in pivots]
    basis = fmpq_mat(n, len(free))
    for column, j in enumerate(free):
        basis[j, column] = 1
        for row, pivot in enumerate(pivots):
            basis[pivot, column] = -reduced[row, j]
    return basis


def squared_norm(a: fmpq_mat) -> fmpq:
    """Squared Frobenius norm, exactly."""
    return sum((q * q for q in a.entries()), fmpq(0))


def frobenius_norm(a: fmpq_mat) -> tuple[float, float]:
    """Frobenius norm of a rational matrix, as floats (lower, upper) one rounding apart."""
    with precision(BITS):
        return enclosure(ball(squared_norm(a)).sqrt())


def singular_values(a: ArrayLike, *, bits: int = BITS) -> Enclosure:
    """Certified singular values of a float matrix (m, n), in descending order, as enclosures of shape (min(m, n),).

    Square roots of the eigenvalues of the smaller Gram matrix, as certified roots of its exact characteristic
    polynomial; the matrix is first made integer by a power of two, so that the roots are relatively accurate.
    """
    array = np.asarray(a, np.float64)
    if array.ndim != 2:
        raise ValueError(f"expected a matrix, got shape {array.shape}")
    if array.shape[0] > array.shape[1]:
        array = array.T
    k = array.shape[0]
    if not np.any(array):
        return Enclosure(np.zeros(k), np.zeros(k))
    integers, shift = _integers(array)
    gram = integers * integers.transpose()
    with precision(bits):
        pairs: list[tuple[float, float]] = []
        scale = fmpq(fmpz(2) ** shift) if shift >= 0 else fmpq(1, fmpz(2) ** -shift)
        roots = cast("list[tuple[acb, int]]", gram.charpoly().complex_roots())  # pairs, whatever the stubs say
        for root, multiplicity in roots:
            value = root.real
            # The Gram matrix is positive semidefinite, so a ball around 0 is cut there.
            square = value if value > 0 or value.is_zero() else value.nonnegative_part()
            pairs += [enclosure(square.sqrt() * scale)] * int(multiplicity)
    pairs.sort(reverse=True)
    return Enclosure(*np.array(pairs, np.float64).T.copy())


def _integers(a: NDArray[np.float64]) -> tuple[fmpz_mat, int]:
    """(Z, k) with a = Z 2^k, Z integer."""
    mantissas, exponents = np.frexp(a)
    lowest = int(exponents[a != 0].min())
    entries = [
        int(m * 2.0**53) << (int(e) - lowest) if m else 0
        for m, e in zip(mantissas.ravel().tolist(), exponents.ravel().tolist(), strict=True)
    ]
    return fmpz_mat(a.shape[0], a.shape[1], entries), lowest - 53


def residual_norm(a: ArrayLike, *factors: ArrayLike) -> tuple[float, float]:
    """||A - F_1 F_2 ...||_F for float matrices: (lower, upper), exactly up to the last rounding.

    A vector among the factors stands for a diagonal matrix.
    """
    arrays = [np.asarray(factor, np.float64) for factor in factors]
    matrices = [rational_matrix(np.diag(f) if f.ndim == 1 else f) for f in arrays]
    return frobenius_norm(rational_matrix(a) - reduce(mul, matrices))

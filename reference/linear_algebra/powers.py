"""Powers of matrices: exact values and running bounds for every order of multiplication, and powers of Jordan blocks.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import Chain
from reference.formats import Arithmetic, Format
from reference.memory import remembered
from reference.rounding import U64, overflows, rounded, silent
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]
POW = 4
"""Units roundoff that a power of a number may be wrong by: two units in the last place (torch's own vector kernels)."""


@remembered
@silent
def power(w: Float64, t: int, arithmetic: Arithmetic, *, exactly: bool = True) -> Truth:
    """W^t for W (..., n, n), t >= 0, multiplied in any order (BND-CHAIN); exact for t = 0 and t = 1.

    With `exactly=False` the bound serves a value known otherwise: see `Chain.of`.

    The error of W^k is at most the largest, entry by entry, over its last multiplication W^i W^(k-i), since BND-CHAIN
    is monotone in the errors of the two parts. Binary powering is one of these orders.
    """
    if t == 0:
        return Truth(np.broadcast_to(np.eye(w.shape[-1]), w.shape), np.zeros(w.shape))
    chains = [Chain.of(w, arithmetic, exactly=exactly)]
    for k in range(2, t + 1):
        first, *others = [(chains[i - 1], chains[k - i - 1]) for i in range(1, k)]
        chains.append(first[0].matmul(first[1], *others))
    return chains[-1].truth()


@silent
def applied(w: Float64, x: Float64, t: int, arithmetic: Arithmetic, *, exactly: bool = True) -> Truth:
    """W^t x for W (..., n, n) and x (..., n), multiplied from the right: t products of a matrix and a vector.

    `exactly` as in `power`.
    """
    matrix, row = (Chain.of(a, arithmetic, exactly=exactly) for a in (w.swapaxes(-1, -2), x[..., None, :]))
    for _ in range(t):
        row = row.matmul(matrix)
    value, bound = row.truth()
    return Truth(value[..., 0, :], bound[..., 0, :])


def synthesised(v: Float64, w: Float64, inverse: Float64, t: int) -> Float64:
    """V diag(w)^t V^-1 in float64: exact for the small integers and dyadic fractions of the regimes."""
    return np.asarray((v * w[..., None, :] ** t) @ inverse)


@silent
def synthesis(v: Float64, w: Float64, inverse: Float64, t: int, arithmetic: Arithmetic) -> Truth:
    """(V * w^t) V^-1: the power and the scaling of columns rounded, then one product (BND-CHAIN)."""
    f = arithmetic.result
    powers = w[..., None, :] ** t
    columns = v * powers
    size = np.abs(columns)
    error = rounded(POW * f.u * size, size, f)
    error = np.where(overflows(np.abs(powers) + 0 * size, f) | overflows(size + error, f), np.inf, error)
    chain = Chain(Scaled.of(columns), size, error, arithmetic).matmul(inverse)
    value = synthesised(v, w, inverse, t)
    return Truth(value, chain.truth().bound + U64 * np.abs(value))


def fits(w: Float64, t: int, format: Format) -> NDArray[np.bool_]:
    """Which integer matrices (batch, n, n) have powers up to t without any rounding, shape (batch,).

    Every partial sum on the way to W^k is an integer of at most (|W|^k)_ij in magnitude; up to 2^p they are all held.
    """
    largest, size = np.zeros(len(w)), np.broadcast_to(np.eye(w.shape[-1]), w.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(t):
            size = size @ np.abs(w)
            largest = np.maximum(largest, size.max((-2, -1), initial=0.0))
    integral = (w == np.rint(w)).all((-2, -1))
    return np.asarray(integral & (largest <= min(2.0**format.precision, format.largest)))


def gradient_of_sum(w: Float64, t: int, format: Format) -> tuple[Float64, NDArray[np.bool_]]:
    """The gradient of the sum of the entries of W^t, and where no rounding touches it; (batch, n, n) and (batch,).

    sum_k (W^T)^k 1 1^T (W^T)^(t-1-k), exactly for integers whose products of magnitudes stay below 2^p.
    """
    turned = w.swapaxes(-1, -2)
    powers = [np.linalg.matrix_power(turned, k) for k in range(t)]
    sizes = [np.linalg.matrix_power(np.abs(turned), k) for k in range(t)]
    ones = np.ones(w.shape)
    pulled = np.sum([p @ ones @ q for p, q in zip(powers, powers[::-1], strict=True)], axis=0)
    size = np.sum([p @ ones @ q for p, q in zip(sizes, sizes[::-1], strict=True)], axis=0)
    return pulled, size.max((-2, -1), initial=0.0) * w.shape[-1] <= 2.0**format.precision


def reciprocal_jordan_power(eigenvalue: int, t: int) -> Float64:
    """J^-t (2, 2) of a Jordan block of order 2 with eigenvalue 1 or -1."""
    return float(eigenvalue) ** t * np.array([[1.0, -t * eigenvalue], [0.0, 1.0]])


def jordan_power(n: int, eigenvalue: int, t: int) -> Float64:
    """J^t (n, n) of a Jordan block: C(t, j - i) eigenvalue^(t - j + i), exact in float64.

    Horn and Johnson, Matrix Analysis, 2nd ed., section 3.2.5.
    """
    a = np.zeros((n, n))
    for k in range(min(n, t + 1)):
        a += math.comb(t, k) * float(eigenvalue) ** (t - k) * np.eye(n, k=k)
    return a


@remembered
def geometric_multiplicity(a: Float64, eigenvalue: float) -> NDArray[np.int64]:
    """dim ker(A - eigenvalue I) of each matrix (batch, n, n), by exact rationals; shape (batch,)."""
    n = a.shape[-1]
    shifted = a - eigenvalue * np.eye(n)  # exact for the integers of the regimes
    return np.array([n - exact.rank(exact.rational_matrix(m)) for m in shifted], np.int64)

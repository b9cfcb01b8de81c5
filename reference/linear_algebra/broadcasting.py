"""A vector added to each row of a matrix: correctly rounded sums, column sums, and affine maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain, sum_truth
from reference.formats import Arithmetic, Format
from reference.rounding import rounded, silent
from reference.truth import Truth

Float64 = NDArray[np.float64]


@silent
def row_sums(a: Float64, b: Float64, fmt: Format) -> Float64:
    """A_ij + b_j rounded once, A (..., m, n) and b (..., n) or (..., 1); infinities and NaN as IEEE 754 has them.

    For formats of p <= 24 bits the sum is rounded to float64 first, which changes nothing since 53 >= 2p + 2 (Figueroa,
    SIGNUM Newsl. 30 (1995), 21-26; sums among the subnormal numbers are exact).
    """
    return fmt.round(a + b[..., None, :])


@silent
def column_sums(a: Float64, length: int, arithmetic: Arithmetic) -> Truth:
    """sum_i A_ij (..., n) with BND-SUM: the gradient of b under the cotangent A; of all entries if b has length 1."""
    summed = a.swapaxes(-1, -2) if length == a.shape[-1] else a.reshape(*a.shape[:-2], 1, -1)
    return sum_truth(summed, arithmetic)


@silent
def affine(x: Float64, w: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """X W^T + b for X (..., m, q), W (..., n, q), b (..., n) or (..., 1).

    The larger of two bounds: b as one more term of each inner product (BND-DOT), or b added to the stored product, with
    one more rounding.
    """
    n = w.shape[-2]
    row = np.broadcast_to(b, (*b.shape[:-1], n))[..., None, :]
    product = Chain.of(x, arithmetic).matmul(w.swapaxes(-1, -2))
    ones = np.ones((*x.shape[:-1], 1))
    whole = Chain.of(np.concatenate((x, ones), -1), arithmetic).matmul(np.concatenate((w.swapaxes(-1, -2), row), -2))
    value, bound = whole.truth()
    added = rounded(product.error, np.abs(value), arithmetic.result, underflow=False)
    return Truth(value, np.maximum(bound, added))


def exact_sums(x: Float64, w: Float64, b: Float64, fmt: Format) -> NDArray[np.bool_]:
    """Where X W^T + b has no rounding in any order, shape (...): integers whose magnitudes sum to at most 2^p."""
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.abs(x) @ np.abs(w).swapaxes(-1, -2) + np.abs(b)[..., None, :]
        integral = [(v == np.rint(v)).all(axis) for v, axis in ((x, (-2, -1)), (w, (-2, -1)), (b, -1))]
    largest = size.max((-2, -1), initial=0.0)
    return np.asarray(np.logical_and.reduce(integral) & (largest <= 2.0**fmt.precision))

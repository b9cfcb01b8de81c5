"""What every spelling of a product of matrices and vectors must give: values and bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain, dot_truth
from reference.formats import Arithmetic
from reference.rounding import overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def product(a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """A B for A (..., m, k), B (..., k, n): BND-CHAIN with one product."""
    return Chain.of(a, arithmetic).matmul(b).truth()


def product_of_stored(a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """The same where a kernel may store each product of two entries before the sum: BND-DOT with rounded products."""
    return dot_truth(a[..., :, None, :], b.swapaxes(-1, -2)[..., None, :, :], arithmetic, rounded_products=True)


def concatenated(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """(A_1, ..., A_c) (..., m, c k) and (B_1; ...; B_c) (..., c k, n), whose product is the sum of all A_i B_i."""
    c, m, k = a.shape[-3:]
    left = a.swapaxes(-3, -2).reshape(*a.shape[:-3], m, c * k)
    return left, b.reshape(*b.shape[:-3], c * k, b.shape[-1])


@silent
def summed(a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """The sum of A_i B_i for A (..., c, m, k), B (..., c, k, n): one inner product of length c k (BND-CHAIN).

    A kernel may add one product after another to a result that is stored each time: c more roundings of sums that are
    at most T = sum |A_i||B_i| and its error, so ((1 + uo)^c - 1)(T + E) + c eta_o. Infinite where T may overflow.
    """
    c, _, k = a.shape[-3:]
    left, right = concatenated(a, b)
    truth = product(left, right, arithmetic)
    f = arithmetic.result
    if not arithmetic.mixed:
        return truth
    size = np.abs(left) @ np.abs(right) + truth.bound
    stored = ((1 + f.u) ** c - 1) * size + c * max(f.eta, arithmetic.underflow)
    return Truth(truth.value, np.where(overflows(size + stored, f), np.inf, upward(truth.bound + stored, c * k)))


def applied(a: Float64, x: Float64, arithmetic: Arithmetic) -> Truth:
    """A x for A (..., m, k), x (..., k): BND-DOT for each row."""
    return dot_truth(a, x[..., None, :], arithmetic)


def outer(x: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """x y^T for x (..., m), y (..., n): each entry a product, a sum of one term for BND-DOT."""
    return dot_truth(x[..., :, None, None], y[..., None, :, None], arithmetic)


def kronecker(a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """The Kronecker product (..., m p, k q) of A (..., m, k) and B (..., p, q), each entry as in `outer`."""
    (m, k), (p, q) = a.shape[-2:], b.shape[-2:]
    truth = outer(a.reshape(*a.shape[:-2], m * k), b.reshape(*b.shape[:-2], p * q), arithmetic)
    return Truth(*(_blocks(part, (m, k), (p, q)) for part in truth))


def _blocks(entries: Float64, left: tuple[int, int], right: tuple[int, int]) -> Float64:
    (m, k), (p, q) = left, right
    apart = entries.reshape(*entries.shape[:-2], m, k, p, q)
    return np.moveaxis(apart, -3, -2).reshape(*entries.shape[:-2], m * p, k * q)


@silent
def chained(a: Float64, b: Float64, c: Float64, arithmetic: Arithmetic) -> Truth:
    """A B C (..., m, n) in either order of multiplication (BND-CHAIN): the larger of both bounds."""
    left, middle, right = (Chain.of(m, arithmetic) for m in (a, b, c))
    first, second = left.matmul(middle).matmul(right).truth(), left.matmul(middle.matmul(right)).truth()
    return Truth(first.value, np.maximum(first.bound, second.bound))

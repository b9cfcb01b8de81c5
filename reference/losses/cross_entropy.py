"""The cross entropy of logits and a law, as -sum p_i log softmax(x)_i."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.losses.entropy import Terms, step
from reference.losses.softmax import Kernel, Rows, log_softmax_truth
from reference.rounding import U64, gamma, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]


@silent
def terms(p: Float64, rows: Rows, kernel: Kernel) -> Terms:
    """-p_i y_i for y = log softmax x, both (..., n), 0 for p_i = 0: p_i times the bound of y_i, and one product.

    Infinite, exactly, where x_i = -inf and p_i > 0.
    """
    y = log_softmax_truth(rows, kernel)
    infinite = rows.masked & (p > 0)
    nothing = (p == 0) | infinite
    value, bound = np.where(nothing, 0.0, -y.value), np.where(nothing, 0.0, y.bound)
    product, low = dd.two_product(value, p) if wide(rows.arithmetic) else (value * p, np.zeros(p.shape))
    error = p * bound
    error = error + step(rows.arithmetic) * (np.abs(product) + error) + rows.arithmetic.result.eta
    error = error + (0.0 if wide(rows.arithmetic) else U64 * np.abs(product))
    return Terms(np.where(infinite, np.inf, product), low, np.where(nothing, 0.0, upward(error)))


@silent
def parts(p: Float64, x: Float64, entropy: Float64, divergence: Float64, room: Float64) -> Truth:
    """H + D + P logsumexp x of a computed entropy and divergence (...), P = sum p, which err by `room`.

    In float64 the maximum of x, the logarithm (within 4 roundoffs), two sums of n terms and a product take gamma_{2n+8}
    of P (|max x| + log n + 1), and the two additions of three numbers 2 roundoffs of their sizes.
    """
    n, largest = x.shape[-1], x.max(-1, keepdims=True)
    total = p.sum(-1)
    normaliser = total * (largest[..., 0] + np.log(np.exp(x - largest).sum(-1)))
    own = gamma(2 * n + 8, U64) * total * (np.abs(largest[..., 0]) + np.log(n) + 1)
    own = own + 2 * U64 * (np.abs(entropy) + np.abs(divergence) + np.abs(normaliser))
    return Truth(entropy + divergence + normaliser, upward(room + own))


@silent
def least(p: Float64) -> Truth:
    """-sum p log(p / P) (...), the least cross entropy that any logits have, and gamma_{2n+8} of its terms and of P."""
    total, n = p.sum(-1, keepdims=True), p.shape[-1]
    each = p * np.log(np.where(p > 0, p / total, 1.0))
    return Truth(-each.sum(-1), upward(gamma(2 * n + 8, U64) * (np.abs(each).sum(-1) + total[..., 0])))

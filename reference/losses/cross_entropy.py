"""The cross entropy of logits and a law, as -sum p_i log softmax(x)_i."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.losses.entropy import Terms, step
from reference.losses.softmax import Kernel, Rows, log_softmax_truth
from reference.rounding import U64, silent, upward, wide

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


def of_the_normaliser(p: Float64, x: Float64) -> Float64:
    """P logsumexp x, P = sum p: what the cross entropy of logits exceeds -sum p x by."""
    largest = x.max(-1, keepdims=True)
    return np.asarray(p.sum(-1) * (largest[..., 0] + np.log(np.exp(x - largest).sum(-1))))


def least(p: Float64) -> Float64:
    """-sum p log(p / P): the least cross entropy that any logits have."""
    total = p.sum(-1, keepdims=True)
    return np.asarray(-(p * np.log(np.where(p > 0, p / total, 1.0))).sum(-1))

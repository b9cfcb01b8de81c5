"""One step of gradient descent in a network of linear units, exactly, and its singular values.

Weights have so few digits, and everything else is whole and small, that float64 holds every number that occurs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain, svd_values_error
from reference.formats import Arithmetic, float64
from reference.memory import remembered
from reference.rounding import overflows, rounded, silent, upward
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]

PARTS = 16
"""Nothing is rounded for weights that are multiples of this part of their scale, if they are small enough."""


@silent
@remembered
def step(w: Float64, v: Float64, x: Float64, t: Float64, lr: float, scale: Float64, arithmetic: Arithmetic) -> Truth:
    """W (..., h, m) after a step on ||X W^T V^T - T||^2 / 2, for W, V (..., p, h), X (..., k, m), T (..., k, p).

    X W^T, its product with V^T, the difference from T, and two more products make the gradient: BND-CHAIN, with the
    rounding of the difference in between; then the product with lr, a power of two, and the update. Nothing is rounded
    for multiples W of scale / 16 whose terms add up to at most 2^precision multiples of lr scale / 16.
    """
    fmt = arithmetic.result
    hidden = Chain.of(x, arithmetic).matmul(w.swapaxes(-1, -2))
    outputs = hidden.matmul(v.swapaxes(-1, -2))
    missed = outputs.value - t
    error = rounded(outputs.error, np.abs(missed), fmt, underflow=False)
    delta = Chain(Scaled.of(missed), np.abs(missed), upward(error), arithmetic)
    back = delta.matmul(v)
    gradient = back.transpose().matmul(x)
    after = w - lr * gradient.value
    error = upward(rounded(lr * gradient.error + fmt.eta, np.abs(after), fmt))
    quantum = lr * np.minimum(scale / PARTS, 1.0)
    terms = (outputs.magnitude + np.abs(t), back.magnitude, gradient.magnitude)
    largest = np.max([a.max((-2, -1), initial=0.0) for a in terms], 0) + np.abs(w).max((-2, -1), initial=0.0)
    coarse = w * (PARTS / scale[..., None, None])
    exactly = (largest <= 2.0**fmt.precision * quantum) & (coarse == np.rint(coarse)).all((-2, -1))
    exactly = exactly[..., None, None]
    overflow = overflows(np.abs(after) + error, fmt) | overflows(largest, fmt)[..., None, None]
    return Truth(after, np.where(exactly, 0.0, np.where(overflow, np.inf, error)))


@remembered
def singular_values(w: Float64) -> Truth:
    """Of matrices (..., h, m), the largest first: (..., min(h, m)), with the error of LAPACK in float64 (BND-SVD)."""
    s = np.asarray(np.linalg.svd(w, compute_uv=False), np.float64)
    h, m = w.shape[-2:]
    error = svd_values_error(s.max(-1, initial=0.0), h, m, Arithmetic.of(float64))[..., None]
    return Truth(s, error + np.zeros_like(s))


def moved(step_error: Float64) -> Float64:
    """How far singular values may move for entries within (..., h, m): the Frobenius norm (Weyl), (..., 1)."""
    size = step_error.max((-2, -1), initial=0.0)[..., None, None]
    safe = np.where((size > 0) & np.isfinite(size), size, 1.0)
    return np.asarray(upward(safe * np.sqrt(((step_error / safe) ** 2).sum((-2, -1), keepdims=True)), 64))[..., 0]

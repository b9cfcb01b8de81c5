"""Starting points: exact ranks and fixed weights, and one exact step of gradient descent in a network of two layers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.formats import Format

Float64 = NDArray[np.float64]

CONSTANT = 0.3
"""What `constant_` fills with: no number of any format."""

RATE = 0.25
"""The learning rate, a power of two."""


def rank(w: Float64) -> int:
    """The exact rank of stored weights (m, n), in rational arithmetic."""
    return exact.rank(exact.rational_matrix(w)) if w.size else 0


def fixed_weight(name: str, shape: tuple[int, ...], format: Format) -> Float64:
    """What an initializer without randomness leaves; `dirac` keeps the channels of a convolution."""
    if name == "constant":
        return np.full(shape, format.round(np.array(CONSTANT)))
    if name in ("zeros", "ones"):
        return np.full(shape, float(name == "ones"))
    w = np.zeros(shape)
    channel = np.arange(min(shape[:2]))
    middle = w[..., shape[2] // 2] if len(shape) > 2 else w
    middle[channel, channel] = 1
    return w


def expected_rank(name: str, shape: tuple[int, ...]) -> int:
    """min(m, n), almost surely, for weights of a continuous law, and for the identity; 1 for constants, 0 for zeros."""
    if name in ("constant", "ones"):
        return 1
    return 0 if name == "zeros" else min(shape[:2])


class Step(NamedTuple):
    """Weights (batch, h, m), (batch, p, h) after a step, their gradients, and whether the format holds every term."""

    w: Float64
    v: Float64
    of_w: Float64
    of_v: Float64
    exactly: NDArray[np.bool_]


def step(w: Float64, v: Float64, x: Float64, t: Float64, format: Format) -> Step:
    """One step of gradient descent on |V relu(W x) - t|^2 / 2, summed over examples x (batch, k, m), t (batch, k, p).

    Sums of whole numbers are exact in any order if the sum of their magnitudes is at most 2^precision.
    """
    z = x @ w.swapaxes(-1, -2)
    h = np.maximum(z, 0)
    delta = h @ v.swapaxes(-1, -2) - t
    back = (delta @ v) * (z > 0)
    of_w, of_v = back.swapaxes(-1, -2) @ x, delta.swapaxes(-1, -2) @ h
    size = np.abs
    terms = (
        size(x) @ size(w).swapaxes(-1, -2),
        h @ size(v).swapaxes(-1, -2) + size(t),
        size(delta) @ size(v),
        size(back).swapaxes(-1, -2) @ size(x) + size(w) / RATE,
        size(delta).swapaxes(-1, -2) @ h + size(v) / RATE,
    )
    largest = np.max([a.max((-2, -1), initial=0.0) for a in terms], 0)
    return Step(w - RATE * of_w, v - RATE * of_v, of_w, of_v, largest <= 2.0**format.precision)

"""Exact gradients of a linear layer, how they accumulate, and a step along them.

Rumelhart, Hinton, Williams, Learning representations by back-propagating errors (1986): back-propagation computes the
gradient; what is done with it is another matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format

Float64 = NDArray[np.float64]


def gradient(w: Float64, b: Float64, f: Float64, x: Float64, t: Float64) -> tuple[Float64, Float64]:
    """The gradients of ||f (x w^T + b) - t||^2 / 2, (batch, h, m) and (batch, h); exact for small whole numbers.

    w (batch, h, m), b and f (batch, h), x (batch, k, m), t (batch, k, h).
    """
    scale = f[:, None, :]
    back = scale * (scale * (x @ w.swapaxes(-1, -2) + b[:, None, :]) - t)
    return back.swapaxes(-1, -2) @ x, back.sum(-2)


def accumulated(held: Float64, found: Float64, times: int, fmt: Format) -> Float64:
    """What so many additions of a gradient make of the one that is there, each rounded into the format."""
    total = held
    for _ in range(times):
        total = fmt.round(total + found)
    return total


def running_mean(w: Float64, b: Float64, x: Float64, forwards: int) -> Float64:
    """The running mean (batch, h) of x w^T + b after so many forward passes, from 0 with momentum 1/2.

    Exact for small whole numbers and two examples, in whatever order they are added.
    """
    mean: Float64 = (x @ w.swapaxes(-1, -2) + b[:, None, :]).mean(-2)
    return mean * (1 - 0.5**forwards)

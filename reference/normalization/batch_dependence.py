"""What depends on what among sets that are normalised side by side: places kept, and others replaced."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def replaced(x: Float64, axis: int, *, undefined: bool) -> Float64:
    """x with every other entry along an axis, from the second on, replaced: by NaN, or by its triple less 2."""
    kept = np.moveaxis(np.array(x), axis, 0)
    kept[1::2] = np.nan if undefined else 3 * kept[1::2] - 2
    return np.moveaxis(kept, 0, axis)


def padded(x: Float64) -> Float64:
    """Sets (batch, m) with as many zeros: (batch, 2 m)."""
    return np.concatenate([x, np.zeros(x.shape)], -1)


def one_example(x: Float64, place: int) -> Float64:
    """1 at one place of every set (batch, m) and 0 elsewhere."""
    return np.broadcast_to((np.arange(x.shape[-1]) == place).astype(np.float64), x.shape)

"""One outlier among equal numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


class Outliers(NamedTuple):
    """Sets (batch, m): where the outlier is, |xhat| there and 0 elsewhere; and which sets have one (batch,)."""

    at: NDArray[np.bool_]
    size: Float64
    known: NDArray[np.bool_]


def outliers(x: Float64, eps: float) -> Outliers:
    """Of numbers x (batch, m) of which all but one may be equal; of two that differ, each is an outlier."""
    m, ordered = x.shape[-1], np.sort(x, -1)
    apart = ordered[:, -1:] - ordered[:, :1]
    at = x != np.median(x, -1, keepdims=True) if m > 2 else np.ones(x.shape, bool)
    alone = (ordered[:, 0] == ordered[:, -2]) | (ordered[:, 1] == ordered[:, -1])
    return Outliers(at, np.where(at, of_outlier(apart, m, eps), 0.0), alone & (apart[:, 0] > 0))


def of_outlier(apart: Float64, m: int, eps: float) -> Float64:
    """|xhat| of a number at the distance `apart` from m - 1 equal ones: (m-1)/m apart / sqrt((m-1)/m^2 apart^2 + eps).

    That is sqrt((m - 1) / (1 + eps / v)), which Samuelson's inequality bounds by sqrt(m - 1).
    """
    return np.asarray(apart * (m - 1) / m / np.sqrt(apart**2 * (m - 1) / m**2 + eps))

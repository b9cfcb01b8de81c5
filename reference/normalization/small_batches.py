"""One outlier among equal numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def of_outlier(apart: Float64, m: int, eps: float) -> Float64:
    """|xhat| of a number at the distance `apart` from m - 1 equal ones: (m-1)/m apart / sqrt((m-1)/m^2 apart^2 + eps).

    That is sqrt((m - 1) / (1 + eps / v)), which Samuelson's inequality bounds by sqrt(m - 1).
    """
    return np.asarray(apart * (m - 1) / m / np.sqrt(apart**2 * (m - 1) / m**2 + eps))

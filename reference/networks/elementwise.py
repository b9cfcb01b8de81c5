"""What an elementwise function is: one value for every number, wherever the number stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def of_the_first_equal(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """For every entry of y (...) the one at the first place of x (...) that holds the same number."""
    _, first, which = np.unique(x, return_index=True, return_inverse=True)
    return y.ravel()[first[which.ravel()]].reshape(y.shape)

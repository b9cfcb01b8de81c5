"""The ranges of softmax, its logarithm and the sum of shifted exponentials, which need bounds but no exact values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses.softmax import Kernel, Rows, log_softmax_error, softmax_error

Float64 = NDArray[np.float64]


def coarse(x: Float64, arithmetic: Arithmetic) -> Rows:
    """The rows (..., n), n > 0, with s, e and S in float64 whatever the arithmetic: enough for error bounds."""
    s = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(s)
    return Rows(x, s, e, e.sum(-1, keepdims=True), None, arithmetic)


def errors_at_the_maximum(rows: Rows, kernel: Kernel) -> tuple[Float64, Float64]:
    """The error bounds of a largest probability and of its logarithm; shapes (...)."""
    first = np.argmax(rows.s, axis=-1)[..., None]
    of_p, of_log_p = (
        np.take_along_axis(error(rows, kernel), first, -1)[..., 0] for error in (softmax_error, log_softmax_error)
    )
    return of_p, of_log_p

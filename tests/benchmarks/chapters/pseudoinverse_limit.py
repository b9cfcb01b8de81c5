"""Tikhonov's regularised pseudoinverse; matrices of small integers, which every format holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.pseudoinverse_limit import Regularised, dual, primal, regularised
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

TALL = ((16, 4, 3), (8, 8, 6))
WIDE = ((16, 3, 4), (8, 6, 8))
AXES = "matrices x rows x columns"


def penalised(rng: np.random.Generator, size: Size) -> Inputs:
    """A matrix and a penalty an instance."""
    return Inputs((rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:]), 4.0 ** -rng.integers(0, 3, size[0])))


def exact(bound: Callable[[Regularised, Arithmetic], Float64]) -> Callable[[Float64, Float64, Arithmetic], Truth]:
    """A_alpha by exact rationals, and what a formula may miss."""

    def truth(a: Float64, alpha: Float64, how: Arithmetic) -> Truth:
        found = regularised(a, alpha)
        return Truth(found.value, bound(found, how))

    return truth


ROWS = (
    Row("tikhonov_inverse", TALL, AXES, penalised, exact(primal)),
    Row("dual_tikhonov_inverse", WIDE, AXES, penalised, exact(dual)),
)

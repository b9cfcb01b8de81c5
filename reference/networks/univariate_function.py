"""What is known of one function of one number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format

if TYPE_CHECKING:
    from flint import arb

Float64 = NDArray[np.float64]
Real = Callable[[Float64], Float64]
Error = Callable[[Float64, Format], Float64]


@dataclass(frozen=True)
class Univariate:
    """A function f, with what its error is compared with.

    `real` evaluates f in float64, relatively accurate to 2^-42: NaN outside its domain, its limits at infinities.
    `ball` encloses it at finite numbers. `cpu` and `cuda` are errors of one evaluation, in ulps: documented, or the sum
    of the relative errors of the steps of a formula (u for each rounding, 2 k u for a function within k ulps; a
    relative error of u is less than an ulp), or calibrated. `error(x, format)` is an absolute error on top of it, and
    `cuda_error` that on CUDA where it is another.
    `points` are roots, poles, thresholds and ends of argument reductions; `inverse` says about where f reaches the ends
    of a format. `cuts` divide the line into pieces that are examined apart. An `odd` function keeps the sign of zero.
    In half types every step of a `stored` one may be rounded to the stored format, in some or all code paths; a `wide`
    one has no half types in torch.
    """

    real: Real
    ball: Callable[[arb], arb]
    cpu: float
    cuda: float
    error: Error | None = None
    points: tuple[float, ...] = ()
    inverse: Real | None = None
    cuts: tuple[float, ...] = ()
    odd: bool = False
    stored: bool = False
    cuda_error: Error | None = None
    wide: bool = False

    def piece(self, index: int) -> tuple[float, float]:
        """The ends (low, high) of a piece, low <= x < high; but infinity is in the last one. IndexError beyond it."""
        ends = (-math.inf, *sorted(self.cuts), math.inf)
        return ends[index], ends[index + 1]

    def within(self, x: Float64, index: int) -> NDArray[np.bool_]:
        """Which numbers are in a piece."""
        low, high = self.piece(index)
        return (x >= low) & ((x < high) | (index == len(self.cuts)))

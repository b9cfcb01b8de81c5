"""Moments of a rectified symmetric signal (He, Zhang, Ren and Sun, ICCV 2015, section 2.2)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.bounds import sum_truth
from reference.formats import Arithmetic
from reference.truth import Truth

HE_GAIN = math.sqrt(2.0)
"""1 over the root of the share of the second moment that a rectifier keeps."""


def half_of_all_squares(square: NDArray[np.float64], arithmetic: Arithmetic) -> Truth:
    """Half of the sum of squares of all z_i and -z_i, (batch, n): those of z alone.

    A sum of these and of as many zeros, in any order, has n - 1 additions that may round (BND-SUM). The bound is
    infinite where a partial sum may overflow.
    """
    return sum_truth(square, arithmetic)

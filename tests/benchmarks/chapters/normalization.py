"""Layers that normalise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization import batch_norm as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((16, 16), (64, 1024)), "sets x numbers"
EPS = 2.0**-10


def sets(rng: np.random.Generator, size: Size) -> Inputs:
    """Sets of normal numbers, without parameters."""
    options = {"shape": (size[1],), "memory": "", "eps": EPS, "wide": False}
    x = rng.standard_normal(size)
    return Inputs((x, None, None), options, (x,))


def standard(x: Float64, how: Arithmetic) -> Truth:
    """Standardised numbers."""
    return reference.affine(reference.standardised(x, EPS, how), None, None, how)


def by_mean_square(x: Float64, how: Arithmetic) -> Truth:
    """Numbers over the root of their mean square."""
    return reference.affine(reference.standardised(x, EPS, how, centred=False), None, None, how)


ROWS = (
    Row("batch_norm batch_norm_module instance_norm group_norm layer_norm", SIZES, AXES, sets, standard),
    Row("rms_norm", SIZES, AXES, sets, by_mean_square),
)

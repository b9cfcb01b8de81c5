"""The Gaussian loss with a variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses import gaussian_nll as reference
from reference.losses.reduction import reduced
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((16, 16), (64, 1024)), "vectors x predictions"
EPS = 2.0**-10
OPTIONS = {"full": True, "eps": EPS}


def predictions(rng: np.random.Generator, size: Size) -> Inputs:
    """Means, targets and variances."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size), rng.uniform(0.5, 2, size)), OPTIONS)


def shared(rng: np.random.Generator, size: Size) -> Inputs:
    """One variance for all predictions of an instance."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size), rng.uniform(0.5, 2, size[0])), {"eps": EPS})


def totals(rng: np.random.Generator, size: Size) -> Inputs:
    """The sum of the losses."""
    return Inputs(predictions(rng, size).args, {"eps": EPS, "reduction": "sum"})


def loss(m: Float64, t: Float64, v: Float64, how: Arithmetic) -> Truth:
    """Every loss in full."""
    return reference.loss(m - t, v, EPS, how.result, full=True)


def shared_loss(m: Float64, t: Float64, v: Float64, how: Arithmetic) -> Truth:
    """Every loss."""
    return reference.loss(m - t, v[:, None], EPS, how.result)


def total(m: Float64, t: Float64, v: Float64, how: Arithmetic) -> Truth:
    """Their sum."""
    return reduced(reference.loss(m - t, v, EPS, how.result), how, mean=False)


ROWS = (
    Row("gaussian_nll gaussian_nll_module", SIZES, AXES, predictions, loss),
    Row("gaussian_nll_shared", SIZES, AXES, shared, shared_loss),
    Row("gaussian_nll_reduced", SIZES, AXES, totals, total),
)

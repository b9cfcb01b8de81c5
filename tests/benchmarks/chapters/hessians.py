"""Products with Hessians, and curvatures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import hessian as reference
from reference.formats import Arithmetic
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
SIZES, AXES = ((8, 4), (8, 64)), "Hessians x variables"


def quadratics(rng: np.random.Generator, size: Size) -> Inputs:
    """Symmetric Hessians, and vectors."""
    g = rng.standard_normal((*size, size[1]))
    h = g + g.swapaxes(-1, -2)
    b, x, v = (rng.standard_normal(size) for _ in range(3))
    return Inputs((h, b, x, v, "reverse over reverse"), given=(h, v))


def along(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, without a way."""
    made = quadratics(rng, size)
    return Inputs(made.args[:4], given=made.given)


def ends(h: Float64, v: Float64, how: Arithmetic) -> Float64:
    """The largest curvature."""
    return reference.curvatures(h, v, how).most


ROWS = (
    Row("hessian_product", SIZES, AXES, quadratics, reference.product),
    Row("curvature", SIZES, AXES, along, ends, "largest curvature"),
)

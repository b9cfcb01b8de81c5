"""Linear regression with dropout on its inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import dropout_training, submodels
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((16, 4, 3), (64, 8, 5))
AXES = "models x inputs x examples"


def data(rng: np.random.Generator, size: Size) -> tuple[Float64, Float64, Float64]:
    """X, w and y in small integers; the first rows of X are triangular, so that its columns are independent."""
    batch, n, m = size
    shapes = ((batch, m, n), (batch, n), (batch, m))
    x, w, y = (rng.integers(-4, 5, shape).astype(np.float64) for shape in shapes)
    return x, w, y


def under_masks(rng: np.random.Generator, size: Size) -> Inputs:
    """All masks of the inputs."""
    return Inputs((*data(rng, size), dropout_training.shared_masks(size[1]), 0.25))


def whole(rng: np.random.Generator, size: Size) -> Inputs:
    """The objective for p = 1/2."""
    given = data(rng, size)
    return Inputs((*given, 1.0), given=(*given, 0.5))


def to_solve(rng: np.random.Generator, size: Size) -> Inputs:
    """The minimiser for p = 1/2."""
    x, _, y = data(rng, size)
    return Inputs((x, y, 0.5))


def array(_rng: np.random.Generator, size: Size) -> Inputs:
    """Pairwise independent masks; the reference has all of them."""
    return Inputs((size[0], np.ones(1)), given=(size[0],))


def loss(x: Float64, w: Float64, y: Float64, masks: Float64, p: float, how: Arithmetic) -> Truth:
    """The loss under every mask."""
    return dropout_training.losses(x, w, y, masks, p, how).truth


def objective(x: Float64, w: Float64, y: Float64, p: float, how: Arithmetic) -> Truth:
    """The ridge objective."""
    return dropout_training.ridge(x, w, y, p, how).truth


def minimiser(x: Float64, y: Float64, p: float, how: Arithmetic) -> Truth:
    """The minimiser."""
    found = dropout_training.solutions(x, y, (p,), how).weights
    return Truth(found.value[:, 0], found.bound[:, 0])


def all_masks(n: int, _how: Arithmetic) -> Float64:
    """Every mask."""
    return submodels.all_masks(n)


ROWS = (
    Row("masked_loss", SIZES, AXES, under_masks, loss),
    Row("ridge_loss", SIZES, AXES, whole, objective),
    Row("dropout_solution", ((4, 2, 5), (8, 4, 8)), AXES, to_solve, minimiser),
    Row("orthogonal_masks", ((7,), (15,)), "units", array, all_masks, "few masks, and all of them"),
)

"""Norms of vectors and matrices, and distances, of order 3 where there is a choice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth, norm_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norms import norm
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 16), (256, 1024))
FEW = ((64, 16), (64, 1024))
BLOCKS = ((256, 4, 4), (64, 32, 32))
AXES = "vectors x entries"
P = 3.0


def vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal vectors along the last axis."""
    x = rng.standard_normal(size)
    return Inputs((x, P), {"dim": -1}, given=(x,))


def blocks(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors whose entries lie along two axes."""
    x = rng.standard_normal(size)
    return Inputs((x, P), {"dim": (1, 2)}, given=(x.reshape(len(x), -1),))


def matrices(rng: np.random.Generator, size: Size) -> Inputs:
    """For the Frobenius norm, which is that of all entries."""
    x = rng.standard_normal(size)
    return Inputs((x,), given=(x.reshape(len(x), -1),))


def from_origin(rng: np.random.Generator, size: Size) -> Inputs:
    """Distances from the origin are norms."""
    x = rng.standard_normal(size)
    return Inputs((x, np.zeros(size), P), given=(x,))


def from_origin_unshifted(rng: np.random.Generator, size: Size) -> Inputs:
    """The same without the small number that pairwise_distance adds to the difference."""
    args, kwargs, given = from_origin(rng, size)
    return Inputs((*args, 0.0), kwargs, given)


def normalised(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal vectors, divided by their norm however small."""
    x = rng.standard_normal(size)
    return Inputs((x, P), {"dim": -1, "eps": 0.0}, given=(x,))


def squared(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal vectors, whose norm is spelled out."""
    x = rng.standard_normal(size)
    return Inputs((x,), {"dim": -1}, given=(x,))


def twice(rng: np.random.Generator, size: Size) -> Inputs:
    """The inner product of a vector with itself."""
    x = rng.standard_normal(size)
    return Inputs((x, x), given=(x,))


def points(rng: np.random.Generator, size: Size) -> Inputs:
    """All distances between a few points, by their differences."""
    x = rng.standard_normal(size)
    return Inputs((x, x, P, "donot_use_mm_for_euclid_dist"), given=(x,))


def quotients(x: Float64, how: Arithmetic) -> Truth:
    """Entries over the norm: the error of the norm, the rounding of the quotient, and that of the reference itself."""
    value, bound = norm(x, P, how)
    entries, error = x / value[:, None], bound / (value - bound)
    return Truth(entries, np.abs(entries) * (error + 2 * how.result.u * (1 + error))[:, None] + how.result.eta)


def distances(x: Float64, how: Arithmetic) -> Truth:
    """Norms of all rounded differences."""
    return norm(how.result.round(x[:, :, None] - x[:, None]), P, how, exact_alone=False)


ROWS = (
    Row(
        "vector_norm linalg_norm norm tensor_norm vector_norm_flushing_subnormals",
        SIZES,
        AXES,
        vectors,
        lambda x, how: norm(x, P, how),
    ),
    Row("lp_formula", SIZES, AXES, vectors, lambda x, how: norm(x, P, how, stored_steps=True)),
    Row(
        "root_of_squares",
        SIZES,
        AXES,
        squared,
        lambda x, how: norm(x, 2.0, Arithmetic.of(how.result), stored_steps=True),
    ),
    Row("dot", FEW, AXES, twice, lambda x, how: dot_truth(x, x, how)),
    Row("normalize", SIZES, AXES, normalised, quotients),
    Row("vector_norm_of_block", BLOCKS, "vectors x rows x columns", blocks, lambda x, how: norm(x, P, how)),
    Row("matrix_norm", BLOCKS, "matrices x rows x columns", matrices, lambda x, how: norm_truth(x, 2, how)),
    Row("dist", FEW, AXES, from_origin, lambda x, how: norm(x, P, how)),
    Row("pairwise_distance", SIZES, AXES, from_origin_unshifted, lambda x, how: norm(x, P, how)),
    Row("cdist", ((256, 3, 16), (64, 8, 64)), "sets x points x coordinates", points, distances),
)

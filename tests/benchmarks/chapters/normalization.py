"""Layers that normalise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization import batch_norm as reference
from reference.normalization import gradients, running_statistics
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


def with_parameters(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with a weight of 1 and a bias of 0 for each set, in float32 beside half types."""
    x, w = rng.standard_normal(size), np.ones((size[0], 1))
    options = {"shape": (size[1],), "memory": "", "eps": EPS, "wide": lambda subject: subject.format.precision < 24}
    return Inputs((x, w, 0 * w), options, (x,))


def shared_parameters(rng: np.random.Generator, size: Size) -> Inputs:
    """The same for all sets."""
    made = with_parameters(rng, size)
    return Inputs((made.args[0], np.ones(1), np.zeros(1)), made.kwargs, made.given)


def standard(x: Float64, how: Arithmetic) -> Truth:
    """Standardised numbers."""
    return reference.affine(reference.standardised(x, EPS, how), None, None, how)


def by_mean_square(x: Float64, how: Arithmetic) -> Truth:
    """Numbers over the root of their mean square."""
    return reference.affine(reference.standardised(x, EPS, how, centred=False), None, None, how)


def lines(rng: np.random.Generator, size: Size) -> Inputs:
    """Sets, directions and weights of the outputs, for a second derivative."""
    x, d, c = (rng.standard_normal(size) for _ in range(3))
    return Inputs((x, d, c), {"modes": "rr", "layer": "RMS norm", "eps": EPS}, (x, d, c))


def second(x: Float64, d: Float64, c: Float64, how: Arithmetic) -> Truth:
    """Second derivatives along lines."""
    return gradients.along(x, d, c, EPS, 2, how, centred=False)


def batches(rng: np.random.Generator, size: Size) -> Inputs:
    """Two batches of every channel."""
    x = rng.standard_normal((size[0], 2, size[1]))
    return Inputs((x,), {"momentum": 0.5, "shape": (size[1],), "memory": ""}, (x,))


def buffers(x: Float64, how: Arithmetic) -> Truth:
    """Running means and variances."""
    return running_statistics.buffers(x, 0.5, how)


def kept(rng: np.random.Generator, size: Size) -> Inputs:
    """A batch, and buffers."""
    statistics = np.stack([rng.standard_normal(size[0]), rng.uniform(0.5, 2, size[0])], -1)
    x = rng.standard_normal(size)
    return Inputs((x, statistics), {"shape": (size[1],), "memory": "", "eps": EPS}, (x, statistics))


def in_evaluation(x: Float64, statistics: Float64, how: Arithmetic) -> Truth:
    """Numbers standardised by buffers."""
    return running_statistics.evaluated(x, Truth(statistics, np.zeros_like(statistics)), EPS, how)


ROWS = (
    Row("batch_norm batch_norm_module", SIZES, AXES, with_parameters, standard),
    Row("instance_norm", SIZES, AXES, shared_parameters, standard),
    Row("group_norm layer_norm", SIZES, AXES, sets, standard),
    Row("rms_norm", SIZES, AXES, sets, by_mean_square),
    Row("nested_derivative", SIZES, AXES, lines, second),
    Row("running_statistics", SIZES, AXES, batches, buffers),
    Row("evaluated", SIZES, AXES, kept, in_evaluation),
)

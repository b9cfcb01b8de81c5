"""Covariances of the outputs of a linear layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import covariance_error
from reference.formats import Arithmetic
from reference.initialization import xavier_covariance as reference
from reference.initialization.xavier_covariance import ExactLayer
from reference.linear_algebra.broadcasting import affine
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

LAYERS = ((64, 8, 8, 16), (8, 64, 64, 128))
AXES = "layers x outputs x inputs x samples"


def layer(rng: np.random.Generator, size: Size) -> Inputs:
    """Weights and data."""
    batch, n, m, e = size
    return Inputs((rng.standard_normal((batch, n, m)), rng.standard_normal((batch, m, e))))


def affine_layer(rng: np.random.Generator, size: Size) -> Inputs:
    """Weights, data and biases."""
    w, x = layer(rng, size).args
    return Inputs((w, x, rng.standard_normal(w.shape[:2])))


def symmetric(rng: np.random.Generator, size: Size) -> Inputs:
    """Weights and the covariance of data, diagonal here."""
    batch, n, m, _ = size
    c = np.eye(m) * np.ones((batch, 1, 1))
    return Inputs((rng.standard_normal((batch, n, m)), c))


def chain(rng: np.random.Generator, size: Size) -> Inputs:
    """W, X, X^T and W^T."""
    w, x = layer(rng, size).args
    return Inputs(([w, x, x.swapaxes(-1, -2), w.swapaxes(-1, -2)],), given=(w, x))


def product(w: Float64, x: Float64, how: Arithmetic) -> Truth:
    """W X X^T W^T, in any order."""
    value, bound = reference.second_moment(ExactLayer(w, x), how)
    return Truth(value * x.shape[-1], bound * x.shape[-1])


def image(w: Float64, c: Float64, how: Arithmetic) -> Truth:
    """W C W^T for a covariance C that is known exactly."""
    w_, c_ = (reference.Chain.of(v, how) for v in (w, c))
    transpose = w_.transpose()
    return w_.matmul(c_).matmul(transpose, (w_, c_.matmul(transpose))).truth()


def covariance(x: Float64, how: Arithmetic) -> Truth:
    """The covariance of data."""
    identity = np.eye(x.shape[-2]) * np.ones((len(x), 1, 1))
    return reference.truth(ExactLayer(identity, x).input_covariance, covariance_error(x, how, correction=0))


def columns(w: Float64, x: Float64, b: Float64, how: Arithmetic) -> Truth:
    """W X + b 1^T."""
    value, bound = affine(x.swapaxes(-1, -2), w, b, how)
    return Truth(value.swapaxes(-1, -2), bound.swapaxes(-1, -2))


ROWS = (
    Row("image_covariance", LAYERS, AXES, symmetric, image),
    Row("second_moment", LAYERS, AXES, layer, lambda w, x, how: reference.second_moment(ExactLayer(w, x), how)),
    Row("multi_dot", LAYERS, AXES, chain, product),
    Row("centred_product", LAYERS, AXES, lambda rng, size: Inputs(layer(rng, size).args[1:]), covariance),
    Row("linear_of_columns addmm_of_columns", LAYERS, AXES, affine_layer, columns),
    Row(
        "weight_shape",
        ((64, 64), (512, 512)),
        "inputs x outputs",
        lambda _rng, size: Inputs(size),
        lambda m, n, _how: Truth(np.array([n, m], float), np.zeros(2)),
    ),
)

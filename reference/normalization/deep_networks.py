"""Growth of gradients through layers of random weights, batch norm and an activation: the limit of large ones."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.rounding import U64, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

FIRST, LAST = 4, 3
"""Layers at the beginning and at the end whose growth does not count: signal and gradient are not yet typical."""
SPREAD, PLAIN_SPREAD = 0.1, 0.25
"""Calibrated: width, batch and depth of 128, 128 and 16 move growth by 0.045 with batch norm and 0.07 without."""


def growth_a_layer(activation: str, *, normalised: bool) -> float:
    """E||grad_l||^2 / E||grad_{l+1}||^2 as width and batch grow, with independent weights in both directions.

    Weights of variance s^2/n multiply the mean square of the gradient by s^2, the activation by E act'(X)^2, X normal.
    Batch norm divides by the variance over the batch, s^2 Var act(X) as examples decorrelate: E act'^2 / Var act, for
    the rectifier (1/2) / (1/2 - 1/(2 pi)) = pi/(pi - 1) (Yang et al. 2019, A mean field theory of batch normalization,
    section 3). Without batch norm s^2 E act'^2 = 1 for He's s^2 = 2, and for linear layers with s = 1.
    """
    if not normalised:
        return 1.0
    if activation == "relu":
        return float(np.pi / (np.pi - 1))
    if activation == "linear":
        return 1.0
    nodes, weights = hermegauss(128)
    act = np.tanh(nodes)
    return float(((1 - act**2) ** 2 @ weights) / (act**2 @ weights))


def growth_truth(activation: str, *, normalised: bool) -> Truth:
    """That growth, and how far one of a large network may be from it: calibrated, no theorem."""
    expected = growth_a_layer(activation, normalised=normalised)
    spread = SPREAD if normalised else PLAIN_SPREAD
    return Truth(np.array([expected]), np.array([spread * expected]))


def mean_growth(squares: Float64) -> Float64:
    """The geometric mean (1,) of the growth a layer, of mean squares of the gradients at depths (depth,)."""
    inner = np.log(squares[FIRST : len(squares) - LAST + 1])
    return np.asarray(np.exp(np.array([(inner[0] - inner[-1]) / (len(inner) - 1)])))


def times(g: Float64, slope: Truth, arithmetic: Arithmetic) -> Truth:
    """g times a slope that is formed within its bound: a rounding of the product, in half types one more."""
    value = g * slope.value
    error = np.abs(g) * slope.bound
    error = rounded(error + U64 * np.abs(value), np.abs(value), arithmetic.accumulator)
    return Truth(value, upward(rounded(error, np.abs(value), arithmetic.result) if arithmetic.mixed else error))

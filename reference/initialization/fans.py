"""Fans: counted connections against what is read off the shape of a weight, and the laws of torch's own layers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format
from reference.initialization.laws import layer_gain
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import Law, uniform_laws
from reference.rounding import upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def counted_fans(inputs: int, outputs: int, kernel: Sequence[int], groups: int) -> tuple[int, int]:
    """Inputs of an output and outputs of an input, away from the border: (C_in / g) prod k and (C_out / g) prod k."""
    field = math.prod(kernel)
    return inputs // groups * field, outputs // groups * field


def fans_of_shape(kind: str, inputs: int, outputs: int, kernel: Sequence[int], groups: int) -> tuple[int, int]:
    """What the shape of the weight gives: shape[1] prod k and shape[0] prod k.

    The true fans where there is one group and the layer is not transposed; then the fan-out is g times too large. A
    transposed layer has them exchanged, since its weight has the inputs first.
    """
    fan_in, fan_out = counted_fans(inputs, outputs, kernel, groups)
    return (fan_out, groups * fan_in) if kind == "transposed" else (fan_in, groups * fan_out)


def default_fan(layer: str, sizes: Sequence[int]) -> int:
    """The m of U(-1/sqrt m, 1/sqrt m) by which torch's layer draws weights and biases.

    Inputs of an output for linear and convolutional layers; outputs of an input, but for the groups, for transposed
    ones (sizes: channels, channels, kernel, ..., groups); the first input of a bilinear one; hidden units of recurrent
    ones.
    """
    if layer in ("Linear", "Bilinear"):
        return sizes[0]
    if layer in ("RNN", "LSTM", "GRU"):
        return sizes[1]
    field = sizes[2] ** (1 if layer.endswith("1d") else 2)
    groups = sizes[6] if len(sizes) > 6 else 1
    return sizes[1 if layer.startswith("ConvTranspose") else 0] // groups * field


def default_laws(layer: str, sizes: Sequence[int], format: Format) -> tuple[Law, ...]:
    """The laws that the parameters of torch's layer may have; embeddings are standard normal."""
    if layer == "Embedding":
        return (NormalLaw.of(0.0, 1.0, format),)
    bound = 1 / math.sqrt(default_fan(layer, sizes))
    return uniform_laws(-bound, bound, format)


def gains_sum(m: Float64, n: Float64, format: Format) -> Truth:
    """2m/(m + n) + 2n/(m + n) = 2: the errors of both, and a rounding."""
    parts = [layer_gain(w, m, n, format) for w in (m, n)]
    error = parts[0].bound + parts[1].bound
    return Truth(np.full(np.shape(m), 2.0), upward(error + format.u * (2 + error)))


def gains_product(m: Float64, n: Float64, format: Format) -> Truth:
    """4mn/(m + n)^2, at most 1."""
    parts = [layer_gain(w, m, n, format) for w in (m, n)]
    value = 4 * m * n / (m + n) ** 2
    error = parts[0].value * parts[1].bound + parts[1].value * parts[0].bound + parts[0].bound * parts[1].bound
    return Truth(value, upward(error + format.u * (value + error) + 2.0**-50 * value + format.eta))

"""Correct orthogonal initializers and biased layers that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import ortho_group
from torch import Generator, Tensor

from tests.alternatives.initialization_initializers import numpy_stream
from tests.alternatives.initialization_laws import stored
from tests.alternatives.initialization_signal_propagation import wide

ORTHOGONAL = ("orthogonal-initialisation",)
BIASES = ("output-bias-marginal-statistics", "nonzero-bias-keeps-unit-active")
MARGINALS = BIASES[:1]


def orthogonal_by_polar_factors(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """U V^T of the singular value decomposition of a normal matrix."""
    if w.ndim < 2:
        raise ValueError("at least two axes")
    normal = numpy_stream(generator).standard_normal((w.shape[0], int(np.prod(w.shape[1:]))))
    u, _, vt = np.linalg.svd(normal, full_matrices=False)
    return stored(torch.from_numpy(gain * (u @ vt)).reshape(w.shape), w)


def orthogonal_of_scipy(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """Rows or columns of a Haar-distributed matrix."""
    if w.ndim < 2:
        raise ValueError("at least two axes")
    m, n = w.shape[0], int(np.prod(w.shape[1:]))
    rng = numpy_stream(generator)
    if max(m, n) < 2:
        return stored(torch.from_numpy(gain * rng.choice([-1.0, 1.0], w.shape)), w)
    full = ortho_group.rvs(max(m, n), random_state=rng)
    return stored(torch.from_numpy(gain * full[:m, :n]).reshape(w.shape), w)


def layer_with_the_bias_first(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Products are added to the bias, from the last input to the first."""
    total = wide(b).expand(*x.shape[:-1], w.shape[-2])
    for j in reversed(range(x.shape[-1])):
        total = total + wide(x)[..., :, j, None] * wide(w)[..., :, j]
    return total.to(x.dtype)


def logarithm_in_float64(c: Tensor) -> Tensor:
    """Correctly rounded nearly always."""
    return c.double().log().to(c.dtype)


ALTERNATIVES = [
    (ORTHOGONAL, {"orthogonal_": orthogonal_by_polar_factors}, "polar factors"),
    (ORTHOGONAL, {"orthogonal_": orthogonal_of_scipy}, "Haar matrices of SciPy"),
    (BIASES, {"linear_with_bias": layer_with_the_bias_first}, "bias first"),
    (MARGINALS, {"log": logarithm_in_float64}, "logarithm in float64"),
]

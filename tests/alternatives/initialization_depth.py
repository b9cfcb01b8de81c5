"""Correct layers, initializers and formulas that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Generator, Tensor

from tests.alternatives.initialization_laws import stored
from tests.alternatives.initialization_signal_propagation import layer_by_einsum, wide

GROWTH = ("init-scale-depth-growth",)
MEAN = ("weight-mean-growth",)
SCALED = ("larger-matrix-entries-larger-output",)


def product_from_the_end(a: Tensor, b: Tensor) -> Tensor:
    """Products summed from the last inner index to the first."""
    total = wide(a)[..., :, :0] @ wide(b)[..., :0, :]
    for j in reversed(range(a.shape[-1])):
        total = total + wide(a)[..., :, j, None] * wide(b)[..., None, j, :]
    return total.to(a.dtype)


def kaiming_of_numpy(w: Tensor, *, mode: str, generator: Generator, **_: str) -> Tensor:
    """NumPy's ziggurat."""
    rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    fan = w.shape[1 if mode == "fan_in" else 0]
    return stored(torch.from_numpy(rng.normal(0, 1 / math.sqrt(fan), tuple(w.shape))), w)


def second_moment_by_variances(m: int, w2: Tensor, mean_w: Tensor, x2: Tensor, mean_x: Tensor) -> Tensor:
    """The sum of both terms, each with its own factor M."""
    return m * w2 * x2 + m * (m - 1) * (mean_w * mean_x) ** 2


def mean_by_halves(z: Tensor, *, dim: int) -> Tensor:
    """The mean of the sums of both halves, in the wide format."""
    half = z.shape[dim] // 2
    parts = wide(z).narrow(dim, 0, half).sum(dim), wide(z).narrow(dim, half, z.shape[dim] - half).sum(dim)
    return ((parts[0] + parts[1]) / z.shape[dim]).to(z.dtype)


ALTERNATIVES = [
    (GROWTH + SCALED, {"matmul": product_from_the_end}, "products from the end"),
    (GROWTH, {"kaiming_normal_": kaiming_of_numpy}, "normal weights of NumPy"),
    (MEAN, {"linear": layer_by_einsum}, "layer from the end"),
    (MEAN, {"propagated_second_moment": second_moment_by_variances}, "terms apart"),
    (MEAN, {"mean": mean_by_halves}, "mean by halves"),
]

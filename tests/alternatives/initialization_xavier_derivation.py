"""Correct products, variances and initializers by other algorithms: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from tests.alternatives.initialization_signal_propagation import variance_in_two_passes
from tests.alternatives.initialization_xavier_covariance import summed_backwards, wide

GRAM, DISTRIBUTION = ("weight-gram-expectation",), ("xavier-distribution-preservation",)


def mean_of_halves(x: Tensor, *, dim: int) -> Tensor:
    """The sum of both halves, divided in the wide format."""
    half = x.shape[dim] // 2
    parts = wide(x).tensor_split((half,), dim)
    return ((parts[0].sum(dim) + parts[1].sum(dim)) / x.shape[dim]).to(x.dtype)


def normal_of_two_uniforms(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """Box and Muller's transform in float64."""
    u = torch.rand((2, *w.shape), dtype=torch.float64, generator=generator)
    z = torch.sqrt(-2 * torch.log1p(-u[0])) * torch.cos(2 * math.pi * u[1])
    return w.copy_(gain * math.sqrt(2 / sum(w.shape)) * z)


ALTERNATIVES = [
    ((*GRAM, *DISTRIBUTION), {"matmul": summed_backwards, "mean": mean_of_halves}, "products summed backwards"),
    (GRAM, {"var": variance_in_two_passes, "xavier_normal_": normal_of_two_uniforms}, "variance in two passes"),
    (DISTRIBUTION, {"xavier_normal_": normal_of_two_uniforms}, "Box and Muller"),
]

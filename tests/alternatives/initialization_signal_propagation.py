"""Correct layers, variances and formulas that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

GAIN = ("variance-gain-per-layer",)


def wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def layer_by_einsum(x: Tensor, w: Tensor) -> Tensor:
    """Products summed from the last input to the first."""
    total = torch.zeros(len(x), len(w), dtype=wide(x).dtype)
    for j in reversed(range(x.shape[-1])):
        total = total + torch.einsum("s,r->sr", wide(x)[:, j], wide(w)[:, j])
    return total.to(x.dtype)


def variance_in_two_passes(z: Tensor, *, dim: int, correction: int) -> Tensor:
    """The mean of the squared deviations, in the wide format."""
    deviations = wide(z) - wide(z).mean(dim, keepdim=True)
    return ((deviations**2).sum(dim) / (z.shape[dim] - correction)).to(z.dtype)


def variance_of_shifted_data(z: Tensor, *, dim: int, correction: int) -> Tensor:
    """Torch's variance in float64, of the data less their first entry."""
    shifted = z.double() - z.double().narrow(dim, 0, 1)
    return (
        torch.var(shifted, dim, correction=correction)
        .to(torch.float32 if z.dtype != torch.float64 else z.dtype)
        .to(z.dtype)
    )


def covariance_in_two_passes(z: Tensor, *, correction: int) -> Tensor:
    """Products of deviations, in the wide format."""
    deviations = wide(z) - wide(z).mean(-1, keepdim=True)
    return (deviations @ deviations.mT / (z.shape[-1] - correction)).to(z.dtype)


def factored_formula(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    """M (Var w E[x^2] + E[w]^2 Var x)."""
    return m * (var_w * (var_x + mean_x * mean_x) + mean_w * mean_w * var_x)


def formula_of_second_moments(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    """M (Var w + E[w]^2) Var x + M Var w E[x]^2."""
    return m * ((var_w + mean_w**2) * var_x) + m * (var_w * mean_x**2)


def bernoulli_by_comparison(x: Tensor, p: float, *, generator: Generator) -> Tensor:
    """Uniform draws below p."""
    return x.copy_(torch.rand(x.shape, dtype=torch.float64, generator=generator) < p)


ALTERNATIVES = [
    (GAIN, {"linear": layer_by_einsum}, "sums from the end"),
    (GAIN, {"var": variance_in_two_passes}, "two passes"),
    (GAIN, {"var": variance_of_shifted_data}, "shifted data in float64"),
    (GAIN, {"cov": covariance_in_two_passes}, "covariance in two passes"),
    (GAIN, {"propagated_variance": factored_formula}, "factored formula"),
    (GAIN, {"propagated_variance": formula_of_second_moments}, "formula of second moments"),
    (GAIN, {"bernoulli_": bernoulli_by_comparison}, "bernoulli by comparison"),
]

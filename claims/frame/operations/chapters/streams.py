"""Draws of random numbers by every sampler of torch that takes a generator."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from claims.frame.operations.operation import Operation

SAMPLERS = {
    "rand": "torch.rand",
    "uniform_": "Tensor.uniform_",
    "randn": "torch.randn",
    "normal": "torch.normal",
    "normal_": "Tensor.normal_",
    "log_normal_": "Tensor.log_normal_",
    "exponential_": "Tensor.exponential_",
    "cauchy_": "Tensor.cauchy_",
    "geometric_": "Tensor.geometric_",
    "bernoulli": "torch.bernoulli",
    "bernoulli_": "Tensor.bernoulli_",
    "poisson": "torch.poisson",
    "multinomial": "torch.multinomial",
    "randint": "torch.randint",
    "random_": "Tensor.random_",
    "randperm": "torch.randperm",
}
"""Samplers by the name that `draw` knows them by, as a reader knows them."""


def draw(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    """Draws (rows, cols) by a sampler with the parameters that its law is known for."""
    given: dict[str, Any] = {"generator": generator}
    how: dict[str, Any] = {"dtype": dtype, "device": device}

    def full(value: float) -> Tensor:
        return torch.full((rows, cols), value, **how)

    if sampler in {"rand", "randn", "randint"}:
        sides = [6] if sampler == "randint" else []
        standard: Tensor = getattr(torch, sampler)(*sides, (rows, cols), **how, **given)
        return standard
    if sampler == "random_":
        return full(float("nan")).random_(6, **given)
    if sampler == "randperm":
        return torch.randperm(rows * cols, device=device, **given).reshape(rows, cols).to(dtype)
    if sampler == "normal":
        return torch.normal(full(0.0), 1.0, **given)
    if sampler == "bernoulli":
        return torch.bernoulli(full(0.25), **given)
    if sampler == "poisson":
        return torch.poisson(full(3.0), **given)
    if sampler == "multinomial":
        weights = torch.tensor([[1.0, 2.0, 3.0, 2.0]], **how).expand(rows, 4)
        return torch.multinomial(weights, cols, replacement=True, **given).to(dtype)
    parameters: dict[str, list[float]] = {"bernoulli_": [0.25], "geometric_": [0.5], "log_normal_": [0.0, 1.0]}
    filled: Tensor = getattr(full(float("nan")), sampler)(*parameters.get(sampler, []), **given)
    return filled


ROWS = {"draw": Operation(draw, "draw")}

"""Other correct samplers of half-open intervals: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from tests.alternatives.probability_independence import rounded

CLAIM = ("lowprec-uniform-atom",)


def rounded_once(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    """Uniform numbers of float64 rounded to nearest; the upper end stays."""
    u = torch.rand(x.shape, dtype=torch.float64, generator=generator)
    return x.copy_(rounded((lower + (upper - lower) * u).numpy(), x.dtype))


def number_below(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    """What rounds up to the upper end becomes the number below it: hardly any bias."""
    rounded_once(x, lower, upper, generator)
    end = torch.full_like(x, upper)
    return x.copy_(torch.where(x >= end, torch.nextafter(end, torch.full_like(x, lower)), x))


def from_above(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    """Draws from (a, b], as cuRAND's, with b relabelled as a."""
    u = 1 - torch.rand(x.shape, dtype=torch.float64, generator=generator)
    x.copy_(rounded((lower + (upper - lower) * u).numpy(), x.dtype))
    return x.copy_(torch.where(x >= torch.full_like(x, upper), torch.full_like(x, lower), x))


def rand_rounded_once(n: int, dtype: torch.dtype, device: torch.device, generator: Generator | None = None) -> Tensor:
    """Uniform numbers of float64, rounded."""
    return rounded(torch.rand(n, dtype=torch.float64, device=device, generator=generator).numpy(), dtype)


ALTERNATIVES = [
    (CLAIM, {"uniform_": rounded_once}, "rounded once"),
    (CLAIM, {"uniform_": number_below}, "the number below the upper end"),
    (CLAIM, {"uniform_": from_above}, "draws from above"),
    (CLAIM, {"rand": rand_rounded_once}, "rand rounded once"),
]

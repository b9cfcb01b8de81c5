"""Correct rectifiers with random slopes, by other streams and other formulas: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.alternatives.probability_independence import rounded

SLOPES = ("rrelu-random-slopes",)


def slopes_by_pcg64(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    """Slopes of 53 bits from NumPy, seeded by torch's stream, and stored in the format."""
    if not training:
        return F.leaky_relu(x, (lower + upper) / 2)
    rng = np.random.default_rng(int(torch.randint(2**62, ())))
    slopes = rounded(rng.uniform(lower, upper, x.shape), x.dtype)
    return torch.where(x > 0, x, slopes * x)


def slopes_by_rand(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    """rand on a grid, in the accumulator; half of each end in evaluation."""
    if not training:
        return torch.where(x > 0, x, x * (0.5 * lower + 0.5 * upper))
    wide = torch.float32 if x.dtype == torch.bfloat16 else x.dtype
    slopes = torch.rand(x.shape, dtype=wide) * (upper - lower) + lower
    return torch.where(x > 0, x, slopes.to(x.dtype) * x)


ALTERNATIVES = [
    (SLOPES, {"rrelu": slopes_by_pcg64, "rrelu_module": slopes_by_pcg64}, "slopes from NumPy"),
    (SLOPES, {"rrelu": slopes_by_rand, "rrelu_in_place": slopes_by_rand}, "slopes from rand"),
]

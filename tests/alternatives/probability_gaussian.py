"""Other correct entropies and variances: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from scipy import stats
from torch import Tensor

from claims.frame.operations.chapters.gaussian import of_density
from tests.alternatives.probability_independence import rounded

ENTROPY = ("gaussian-maximum-entropy",)


def in_float64(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    """One rounding."""
    return rounded(of_density(a.double(), b.double(), family, what).numpy(), a.dtype)


def by_scipy(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    """SciPy's closed forms, where it has them."""
    scale = b.double().numpy()
    laws = {
        "normal": lambda: stats.norm(0, scale),
        "uniform": lambda: stats.uniform(-scale, 2 * scale),
        "laplace": lambda: stats.laplace(0, scale),
        "gumbel": lambda: stats.gumbel_r(0, scale),
        "exponential": lambda: stats.expon(0, 1 / scale),
        "half normal": lambda: stats.halfnorm(0, scale),
    }
    if family not in laws:
        return of_density(a, b, family, what)
    law = laws[family]()
    return rounded(law.entropy() if what == "entropy" else law.var(), a.dtype)


def by_the_logarithm_of_the_deviation(variance: Tensor) -> Tensor:
    """log sigma + log(2 pi e) / 2."""
    return variance.double().sqrt().log().add(math.log(2 * math.pi * math.e) / 2).to(variance.dtype)


def by_one_logarithm(variance: Tensor) -> Tensor:
    """log(2 pi e v) / 2, where the product does not overflow."""
    wide = variance if variance.dtype != torch.float16 else variance.float()
    return (0.5 * (2 * math.pi * math.e * wide).log()).to(variance.dtype)


def by_quotients(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """The square of the standardised distance: nothing leaves the range."""
    z = (x - mean) / deviation
    return -(z * z) / 2 - (deviation.log() + math.log(2 * math.pi) / 2)


def density_in_float64(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """One rounding, by quotients."""
    return rounded(by_quotients(x.double(), mean.double(), deviation.double()).numpy(), x.dtype)


def sum_of_heights(y: Tensor, x: Tensor) -> Tensor:
    """The step times the sum of the heights, the outer ones halved, in float64."""
    heights, at = y.double(), x.double()
    area = (at[..., 1] - at[..., 0]) * (heights.sum(-1) - (heights[..., 0] + heights[..., -1]) / 2)
    return rounded(area.numpy(), y.dtype)


def exponential_in_float64(x: Tensor) -> Tensor:
    """One rounding."""
    return rounded(x.double().exp().numpy(), x.dtype)


DENSITY = ("normal-log-density", "normal-moments")
MOMENTS = ("normal-moments",)
ALTERNATIVES = [
    (DENSITY, {"normal_log_density": by_quotients}, "the standardised distance"),
    (DENSITY, {"normal_log_density": density_in_float64}, "the log density in float64"),
    (MOMENTS, {"trapezoid": sum_of_heights}, "the sum of the heights"),
    (MOMENTS, {"exp": exponential_in_float64}, "the exponential in float64"),
    (ENTROPY, {"of_density": in_float64}, "laws in float64"),
    (ENTROPY, {"of_density": by_scipy}, "SciPy's laws"),
    (ENTROPY, {"largest_entropy": by_the_logarithm_of_the_deviation}, "the logarithm of the deviation"),
    (ENTROPY, {"largest_entropy": by_one_logarithm}, "the logarithm of the product"),
]

"""Other correct normal laws, samplers and sums: no claim may fail on them."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy import special
from torch import Generator, Tensor

from tests.alternatives.probability_independence import rounded

BERRY_ESSEEN = ("central-limit-theorem-berry-esseen",)
CAUCHY = ("clt-needs-finite-variance",)
GEOMETRIC = ("clt-needs-negligible-summands",)


def ndtr_by_scipy(z: Tensor) -> Tensor:
    """SciPy's, rounded once."""
    return rounded(special.ndtr(z.double().numpy()), z.dtype)


def ndtr_by_complement(z: Tensor) -> Tensor:
    """The complementary error function."""
    return 0.5 * torch.erfc(-z / math.sqrt(2))


def normal_cdf_in_float64(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """One rounding."""
    return torch.special.ndtr((x.double() - mean.double()) / deviation.double()).to(x.dtype)


def standardised_by_product(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    """The mean of the sample instead of its sum, in float64."""
    return ((s.double() / n - mean) * (n**0.5 / deviation)).to(s.dtype)


def bernoulli_by_numpy(x: Tensor, p: float, *, generator: Generator) -> Tensor:
    """NumPy's stream."""
    rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    return x.copy_(torch.from_numpy(rng.random(x.shape) < p))


def cauchy_as_quotient(x: Tensor) -> Tensor:
    """The quotient of two normal numbers."""
    top, bottom = torch.randn(2, *x.shape, dtype=torch.float64)
    return x.copy_(top / bottom)


def cauchy_by_inversion(like: Tensor) -> Tensor:
    """The tangent of a uniform angle."""
    angle = math.pi * (torch.rand(like.shape, dtype=torch.float64) - 0.5)
    return rounded(np.tan(angle.numpy()), like.dtype)


def horner(signs: Tensor) -> Tensor:
    """From the smallest scale on: ((e_K / 2 + ...) + e_1) / 2."""
    total = torch.zeros_like(signs[..., 0])
    for k in reversed(range(signs.shape[-1])):
        total = (total + signs[..., k]) / 2
    return total


def kurtosis_of_squares(x: Tensor) -> Tensor:
    """Squares of squares, in float64."""
    square = x.double() ** 2
    return ((square**2).mean(-1) / square.mean(-1) ** 2).to(x.dtype)


ALTERNATIVES = [
    (BERRY_ESSEEN + GEOMETRIC, {"ndtr": ndtr_by_scipy}, "SciPy's normal law"),
    (BERRY_ESSEEN + GEOMETRIC, {"ndtr": ndtr_by_complement}, "the complementary error function"),
    (BERRY_ESSEEN, {"normal_cdf": normal_cdf_in_float64}, "the normal law in float64"),
    (BERRY_ESSEEN + GEOMETRIC, {"standardised_sum": standardised_by_product}, "the standardised mean"),
    (BERRY_ESSEEN, {"bernoulli_": bernoulli_by_numpy}, "NumPy's coins"),
    (CAUCHY, {"cauchy_": cauchy_as_quotient}, "a quotient of normal numbers"),
    (CAUCHY, {"cauchy_distribution": cauchy_by_inversion}, "the tangent of a uniform angle"),
    (GEOMETRIC, {"geometric_sum": horner}, "Horner's scheme"),
    (GEOMETRIC, {"kurtosis": kurtosis_of_squares}, "kurtosis in float64"),
]

"""Correct initializers and evaluations of the compromise that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn.init import _calculate_fan_in_and_fan_out as fans_of

from reference.formats import FORMATS

LAW = ("xavier-initializer-law",)
COMPROMISE = ("xavier-average-compromise",)


def stored(numbers: Tensor, into: Tensor) -> Tensor:
    """Numbers in float64 rounded once into the dtype of a weight, which they fill."""
    format = FORMATS[str(into.dtype).removeprefix("torch.")]
    return into.copy_(torch.from_numpy(format.round(numbers.numpy())))


def uniform_of_numpy(weight: Tensor, gain: float = 1.0, *, generator: Generator) -> Tensor:
    """A Philox stream of 53 bits, rounded."""
    rng = np.random.Generator(np.random.Philox(int(torch.randint(2**62, (), generator=generator))))
    bound = gain * math.sqrt(6 / sum(fans_of(weight)))
    return stored(torch.from_numpy(rng.uniform(-bound, bound, weight.shape)), weight)


def uniform_as_on_a_gpu(weight: Tensor, gain: float = 1.0, *, generator: Generator) -> Tensor:
    """Draws from (0, 1], the ends rounded into the dtype first, the upper end relabelled as the lower one."""
    wide = torch.float64 if weight.dtype == torch.float64 else torch.float32
    bound = torch.tensor(gain * math.sqrt(6 / sum(fans_of(weight))), dtype=weight.dtype).to(wide)
    draws = 1 - torch.rand(weight.shape, dtype=wide, generator=generator)
    value = (draws * (2 * bound) - bound).to(weight.dtype)
    return weight.copy_(torch.where(value == bound, -bound.to(weight.dtype), value))


def uniform_of_the_transpose(weight: Tensor, gain: float = 1.0, *, generator: Generator) -> Tensor:
    """The same law, drawn in another order and with the opposite sign, in float64."""
    fan_in, fan_out = fans_of(weight)
    bound = gain * math.sqrt(3) * math.sqrt(2 / (fan_in + fan_out))
    wide = torch.empty(weight.shape[::-1], dtype=torch.float64).uniform_(-bound, bound, generator=generator)
    return stored(-wide.permute(*range(wide.ndim)[::-1]), weight)


def normal_of_numpy(weight: Tensor, gain: float = 1.0, *, generator: Generator) -> Tensor:
    """NumPy's ziggurat."""
    rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    deviation = gain * math.sqrt(2 / sum(fans_of(weight)))
    return stored(torch.from_numpy(rng.normal(0, deviation, weight.shape)), weight)


def normal_by_inversion(weight: Tensor, gain: float = 1.0, *, generator: Generator) -> Tensor:
    """The quantile function of uniform draws."""
    u = torch.rand(weight.shape, dtype=torch.float64, generator=generator).clamp(min=2.0**-54)
    return stored(torch.special.ndtri(u) * gain * math.sqrt(2 / sum(fans_of(weight))), weight)


def harmonic_mean(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    """1 / mean of the fans."""
    return 1 / (fan_in / 2 + fan_out / 2)


def in_float64(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    """Rounded at the end only, twice for half types."""
    return (2 / (fan_in.double() + fan_out.double())).to(fan_in.dtype)


def divergence_by_formula(variance: Tensor) -> Tensor:
    """(v - 1 - ln v) / 2 without the detour over the standard deviation."""
    return ((variance - 1) - variance.log()) / 2


def product_from_the_end(x: Tensor, *, dim: int) -> Tensor:
    """The last factor first, every partial product stored."""
    factors = x.movedim(dim, 0).flip(0)
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def product_in_pairs(x: Tensor, *, dim: int) -> Tensor:
    """A binary tree."""
    factors = list(x.movedim(dim, 0))
    while len(factors) > 1:
        factors = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)] + factors[len(factors) & ~1 :]
    return factors[0]


ALTERNATIVES = [
    (LAW, {"xavier_uniform_": uniform_of_numpy}, "Philox"),
    (LAW, {"xavier_uniform_": uniform_as_on_a_gpu}, "the sampler of a GPU"),
    (LAW, {"xavier_uniform_": uniform_of_the_transpose}, "uniform, transposed and negated"),
    (LAW + COMPROMISE, {"xavier_normal_": normal_of_numpy}, "ziggurat"),
    (LAW + COMPROMISE, {"xavier_normal_": normal_by_inversion}, "normal by inversion"),
    (COMPROMISE, {"xavier_variance": harmonic_mean}, "harmonic mean"),
    (COMPROMISE, {"xavier_variance": in_float64}, "float64 inside"),
    (COMPROMISE, {"divergence_from_standard": divergence_by_formula}, "divergence by formula"),
    (COMPROMISE, {"prod": product_from_the_end}, "product from the end"),
    (COMPROMISE, {"prod": product_in_pairs}, "product in pairs"),
]

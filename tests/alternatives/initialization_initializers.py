"""Correct initializers that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from scipy.stats import truncnorm
from torch import Generator, Tensor
from torch.nn import init

from tests.alternatives.initialization_depth import product_from_the_end
from tests.alternatives.initialization_laws import stored

LAWS = ("init-law-second-moment-equivalence", "lecun-fan-in-variance")
EQUIVALENCE = LAWS[:1]
TRUNCATED = ("truncated-normal-initialisation",)
SPARSE = ("sparse-initialisation",)


def numpy_stream(generator: Generator) -> np.random.Generator:
    """NumPy's stream, seeded from torch's."""
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))


def deviation(w: Tensor, options: dict[str, Any]) -> float:
    """gain / sqrt(fan)."""
    fans = init._calculate_fan_in_and_fan_out(w)
    fan = fans[options.get("mode", "fan_in") == "fan_out"]
    return float(init.calculate_gain(options["nonlinearity"], options.get("a", 0)) / math.sqrt(fan))


def kaiming_normal_of_numpy(w: Tensor, *, generator: Generator, **options: Any) -> Tensor:
    """NumPy's ziggurat."""
    return stored(torch.from_numpy(numpy_stream(generator).normal(0, deviation(w, options), tuple(w.shape))), w)


def kaiming_uniform_of_numpy(w: Tensor, *, generator: Generator, **options: Any) -> Tensor:
    """53 bits, rounded."""
    bound = math.sqrt(3) * deviation(w, options)
    return stored(torch.from_numpy(numpy_stream(generator).uniform(-bound, bound, tuple(w.shape))), w)


def uniform_of_numpy(w: Tensor, a: float, b: float, *, generator: Generator) -> Tensor:
    """53 bits, rounded."""
    return stored(torch.from_numpy(numpy_stream(generator).uniform(a, b, tuple(w.shape))), w)


def normal_of_numpy(w: Tensor, mean: float, std: float, *, generator: Generator) -> Tensor:
    """NumPy's ziggurat."""
    return stored(torch.from_numpy(numpy_stream(generator).normal(mean, std, tuple(w.shape))), w)


def truncated_by_inversion(w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator) -> Tensor:
    """The quantile function."""
    law = truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    return stored(torch.from_numpy(law.ppf(numpy_stream(generator).random(tuple(w.shape)))), w)


def sparse_by_sorting(w: Tensor, sparsity: float, *, std: float, generator: Generator) -> Tensor:
    """The zeros stand where uniform numbers are smallest."""
    rng = numpy_stream(generator)
    order = rng.random(tuple(w.shape)).argsort(0).argsort(0)
    kept = np.where(order < math.ceil(sparsity * len(w)), 0.0, rng.normal(0, std, tuple(w.shape)))
    return stored(torch.from_numpy(kept), w)


ALTERNATIVES = [
    (LAWS, {"kaiming_normal_": kaiming_normal_of_numpy}, "kaiming normal of NumPy"),
    (LAWS, {"kaiming_uniform_": kaiming_uniform_of_numpy}, "kaiming uniform of NumPy"),
    (LAWS, {"matmul": product_from_the_end}, "products from the end"),
    (EQUIVALENCE, {"init_uniform_": uniform_of_numpy, "init_normal_": normal_of_numpy}, "laws of NumPy"),
    (TRUNCATED, {"trunc_normal_": truncated_by_inversion}, "truncated by inversion"),
    (SPARSE, {"sparse_": sparse_by_sorting}, "zeros by sorting"),
]

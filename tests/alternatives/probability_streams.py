"""Correct samplers on other streams than torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor

from claims.frame.operations.chapters.streams import draw
from reference.formats import FORMATS

STREAMS = ("seed-reproducibility",)


def _seed(generator: Generator | None) -> int:
    return int(torch.randint(2**62, (), generator=generator))


def on_another_seed(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    """The same samplers on an unrelated seed."""
    return draw(sampler, rows, cols, dtype, device, Generator().manual_seed(_seed(generator) ^ 0x5DEECE66D))


def by_numpy(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    """NumPy's samplers on Philox, the counter-based generator of GPUs, rounded once."""
    rng, shape = np.random.Generator(np.random.Philox(_seed(generator))), (rows, cols)
    how = {
        **dict.fromkeys(("rand", "uniform_"), lambda: rng.random(shape)),
        **dict.fromkeys(("randn", "normal", "normal_"), lambda: rng.standard_normal(shape)),
        **dict.fromkeys(("bernoulli", "bernoulli_"), lambda: 1.0 * (rng.random(shape) < 0.25)),
        **dict.fromkeys(("randint", "random_"), lambda: 1.0 * rng.integers(0, 6, shape)),
        "log_normal_": lambda: rng.lognormal(size=shape),
        "exponential_": lambda: rng.standard_exponential(shape),
        "cauchy_": lambda: rng.standard_cauchy(shape),
        "geometric_": lambda: 1.0 * rng.geometric(0.5, shape),
        "poisson": lambda: 1.0 * rng.poisson(3.0, shape),
        "multinomial": lambda: 1.0 * rng.choice(4, shape, p=np.array([1, 2, 3, 2]) / 8),
        "randperm": lambda: 1.0 * rng.permutation(rows * cols).reshape(shape),
    }
    rounded = FORMATS[str(dtype).removeprefix("torch.")].round(how[sampler]())
    return torch.from_numpy(rounded).to(device, dtype)


def antithetic(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    """Symmetric laws with the other sign; the law is the same."""
    x = draw(sampler, rows, cols, dtype, device, generator)
    return -x if sampler in {"randn", "normal", "normal_", "cauchy_"} else x


ALTERNATIVES = [
    (STREAMS, {"draw": on_another_seed}, "another seed"),
    (STREAMS, {"draw": by_numpy}, "NumPy's samplers on Philox"),
    (STREAMS, {"draw": antithetic}, "the other sign"),
]

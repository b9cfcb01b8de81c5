"""Correct bootstraps, samplers, means and counts that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

BAGGING = ("bagging-ensemble-variance",)
SAMPLING = ("dropout-versus-bagging-sampling",)
UNIQUE = ("bagging-bootstrap-unique-fraction",)


def numpy_stream() -> np.random.Generator:
    """NumPy's generator, seeded from torch's."""
    return np.random.default_rng(int(torch.randint(2**62, ())))


def bootstrap_by_numpy(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """NumPy's integers."""
    return torch.from_numpy(numpy_stream().integers(0, n, (*shape, n))).to(device)


def bootstrap_by_multinomial(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """Draws from equal weights, as a weighted sampler makes them."""
    rows = int(np.prod(shape))
    return torch.multinomial(torch.ones(rows, n), n, replacement=True).reshape(*shape, n).to(device)


def bootstrap_by_uniforms(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """The integer parts of uniforms, the last first."""
    return (torch.rand(*shape, n, dtype=torch.float64) * n).long().flip(-1).to(device)


def variance_by_one_quotient(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    """(v + (k-1) c) / k."""
    return (variance + (k - 1) * covariance) / k


def variance_around_the_covariance(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    """c + (v - c) / k."""
    return covariance + (variance - covariance) / k


def mean_in_float64(x: Tensor, *, dim: int) -> Tensor:
    """One rounding at the end."""
    return x.double().mean(dim).to(x.dtype)


def mean_from_the_last(x: Tensor, *, dim: int) -> Tensor:
    """The sum in reversed order, kept in the accumulator."""
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide.flip(dim).sum(dim) / x.shape[dim]).to(x.dtype)


def sampler_by_numpy(n: int, draws: int, *, replacement: bool) -> Tensor:
    """NumPy's permutations and integers."""
    rng = numpy_stream()
    if replacement:
        return torch.from_numpy(rng.integers(0, n, draws))
    return torch.from_numpy(rng.permuted(np.tile(np.arange(n), (draws // n, 1)), axis=1).ravel())


def sampler_by_sorting(n: int, draws: int, *, replacement: bool) -> Tensor:
    """Random keys, sorted for each epoch."""
    keys = torch.rand(draws // n, n, dtype=torch.float64)
    return ((keys * n).long() if replacement else keys.argsort(-1)).flatten()


def loader_by_sorting(n: int, epochs: int, seed: int) -> Tensor:
    """Random keys, sorted for each epoch."""
    keys = torch.rand(epochs, n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return keys.argsort(-1).flatten()


def visits_by_one_hot(order: Tensor, seen: Tensor, n: int) -> Tensor:
    """A sum of indicators."""
    return (functional.one_hot(order, n).to(seen.dtype) * seen[..., None]).sum(-2)


def quotient_in_float64(counts: Tensor, weights: Tensor) -> Tensor:
    """One rounding at the end."""
    two = counts.sum(-1) == 2
    wide = weights.double() * two
    return ((wide * (counts == 2).any(-1)).sum() / wide.sum()).to(weights.dtype)


def multinomial_by_uniforms(n: int, runs: int, *, device: torch.device | str = "cpu") -> Tensor:
    """The integer parts of uniforms."""
    return bootstrap_by_uniforms(n, runs, device=device)


def distinct_by_marks(drawn: Tensor) -> Tensor:
    """Every number drawn marks its place."""
    marks = torch.zeros(*drawn.shape[:-1], int(drawn.max()) + 1, dtype=torch.bool, device=drawn.device)
    return marks.scatter(-1, drawn, value=True).sum(-1)


ALTERNATIVES = [
    (UNIQUE, {"bootstrap": bootstrap_by_numpy}, "NumPy's integers, their distinct"),
    (UNIQUE, {"bootstrap": bootstrap_by_uniforms}, "uniforms, their distinct"),
    (UNIQUE, {"weighted_bootstrap": multinomial_by_uniforms}, "uniforms for the multinomial"),
    (UNIQUE, {"sampler": sampler_by_sorting}, "sorted keys, their distinct"),
    (UNIQUE, {"distinct_examples": distinct_by_marks}, "marks"),
    (BAGGING, {"bootstrap": bootstrap_by_numpy}, "NumPy's integers"),
    (BAGGING, {"bootstrap": bootstrap_by_multinomial}, "multinomial draws"),
    (BAGGING, {"bootstrap": bootstrap_by_uniforms}, "uniforms"),
    (BAGGING, {"ensemble_variance": variance_by_one_quotient}, "one quotient"),
    (BAGGING, {"ensemble_variance": variance_around_the_covariance}, "around the covariance"),
    (BAGGING, {"mean": mean_in_float64}, "means in float64"),
    (BAGGING, {"mean": mean_from_the_last}, "means from the last number"),
    (SAMPLING, {"sampler": sampler_by_numpy}, "NumPy's permutations"),
    (SAMPLING, {"sampler": sampler_by_sorting}, "sorted keys"),
    (SAMPLING, {"loader": loader_by_sorting}, "sorted keys for the loader"),
    (SAMPLING, {"visits": visits_by_one_hot, "repeated_given_two": quotient_in_float64}, "indicators"),
]

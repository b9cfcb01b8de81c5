"""Correct covariances, samplers and orthogonal weights by other algorithms: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from tests.alternatives.initialization_xavier_covariance import (
    covariance_in_two_passes,
    covariance_sample_by_sample,
    image_from_the_right,
    summed_backwards,
)

ISOTROPIC, ROWS, ORTHOGONAL = (
    ("isotropic-input-covariance",),
    ("orthonormal-rows-condition",),
    ("orthogonal-initializer-rows",),
)


def normal_in_float64(x: Tensor, mean: float, std: float, *, generator: Generator) -> Tensor:
    """Drawn in float64 and rounded once."""
    return x.copy_(mean + std * torch.randn(x.shape, dtype=torch.float64, generator=generator))


def orthogonal_by_singular_vectors(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """U V^T of a normal matrix: the orthogonal factor of its polar decomposition."""
    u, _, v = torch.linalg.svd(torch.randn(w.shape, dtype=torch.float64, generator=generator), full_matrices=False)
    return w.copy_(gain * (u @ v))


def orthogonal_by_twice_gram_and_schmidt(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """Column by column, each orthogonalised twice."""
    tall = torch.randn((max(w.shape), min(w.shape)), dtype=torch.float64, generator=generator)
    for j in range(tall.shape[1]):
        for _ in range(2):
            tall[:, j] -= tall[:, :j] @ (tall[:, :j].mT @ tall[:, j])
        tall[:, j] /= tall[:, j].norm()
    return w.copy_(gain * (tall if w.shape[0] >= w.shape[1] else tall.mT))


ALTERNATIVES = [
    (ISOTROPIC, {"cov": covariance_in_two_passes, "matmul": summed_backwards}, "covariance in two passes"),
    (ROWS, {"cov": covariance_sample_by_sample, "matmul": summed_backwards}, "covariance sample by sample"),
    (ISOTROPIC, {"normal_": normal_in_float64, "image_covariance": image_from_the_right}, "normal in float64"),
    (ORTHOGONAL, {"orthogonal_": orthogonal_by_singular_vectors}, "singular vectors"),
    (ORTHOGONAL, {"orthogonal_": orthogonal_by_twice_gram_and_schmidt}, "Gram and Schmidt, twice"),
]

"""Random draws, covariances and joint laws."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Uniform

from claims.frame.operations.operation import Operation


def _uniform_distribution(like: Tensor) -> Tensor:
    return Uniform(-torch.ones_like(like), torch.ones_like(like), validate_args=False).sample()


def _flip_signs(x: Tensor, probability: float, generator: torch.Generator | None = None) -> Tensor:
    heads = torch.bernoulli(torch.full_like(x, probability), generator=generator)
    return x * (2 * heads - 1)


def _flip_signs_by_integers(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    return x * (2 * torch.randint(0, 2, x.shape, device=x.device, generator=generator) - 1)


def _weighted_covariance(x: Tensor, weights: Tensor) -> Tensor:
    return torch.cov(x, correction=0, fweights=weights)


def regression_line(x: Tensor, y: Tensor) -> Tensor:
    """Slope and intercept (..., 2) of the affine function of x (..., n) nearest to y; half types in float32."""
    wide = torch.promote_types(x.dtype, torch.float32)
    design = torch.stack((x, torch.ones_like(x)), -1).to(wide)
    found: Tensor = torch.linalg.lstsq(design, y.to(wide).unsqueeze(-1), driver="gels").solution
    return found.squeeze(-1).to(x.dtype)


ROWS = {
    "regression_line": Operation(regression_line, "regression_line", axes=(1, 1)),
    "uniform_": Operation(Tensor.uniform_, "torch.Tensor.uniform_", in_place=True),
    "normal_": Operation(Tensor.normal_, "torch.Tensor.normal_", in_place=True),
    "bernoulli_": Operation(Tensor.bernoulli_, "torch.Tensor.bernoulli_", in_place=True),
    "cauchy_": Operation(Tensor.cauchy_, "torch.Tensor.cauchy_", in_place=True),
    "rand": Operation(torch.rand, "torch.rand"),
    "uniform_distribution": Operation(
        _uniform_distribution,
        "(lambda t: torch.distributions.Uniform(-torch.ones_like(t), torch.ones_like(t)).sample())",
    ),
    "flip_signs": Operation(
        _flip_signs,
        "(lambda x, q, generator=None: x * (2 * torch.bernoulli(torch.full_like(x, q), generator=generator) - 1))",
    ),
    "flip_signs_by_integers": Operation(
        _flip_signs_by_integers,
        "(lambda x, generator=None: x * (2 * torch.randint(0, 2, x.shape, device=x.device, generator=generator) - 1))",
    ),
    "cov": Operation(torch.cov, "torch.cov", axes=(2,), batches=False, product=True),
    "weighted_covariance": Operation(
        _weighted_covariance,
        "(lambda x, w: torch.cov(x, correction=0, fweights=w))",
        axes=(2, 1),
        batches=False,
        product=True,
    ),
    "outer": Operation(torch.outer, "torch.outer", axes=(1, 1), batches=False),
}

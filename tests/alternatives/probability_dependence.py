"""Other correct covariances of joint laws, marginals and products: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.probability_independence import (
    covariance_in_float64,
    covariance_of_repeated_observations,
    outer_by_matmul,
)

IMPLIES = ("nonzero-covariance-implies-dependence",)
BOTH = (*IMPLIES, "independence-stronger-than-uncorrelatedness")


def marginal_by_matmul(x: Tensor, dim: int) -> Tensor:
    """A product with a vector of ones."""
    ones = torch.ones(x.shape[dim], dtype=x.dtype, device=x.device)
    return x.movedim(dim, -1) @ ones


def line_by_covariances(x: Tensor, y: Tensor) -> Tensor:
    """Cov / Var and the means, in float64."""
    means = [v.double().mean(-1, keepdim=True) for v in (x, y)]
    a, b = (v.double() - m for v, m in zip((x, y), means, strict=True))
    slope = (a * b).sum(-1, keepdim=True) / (a * a).sum(-1, keepdim=True)
    return torch.cat((slope, means[1] - slope * means[0]), -1).to(x.dtype)


def line_by_qr(x: Tensor, y: Tensor) -> Tensor:
    """A QR factorisation, half types in float32."""
    wide = torch.promote_types(x.dtype, torch.float32)
    q, r = torch.linalg.qr(torch.stack((torch.ones_like(x), x), -1).to(wide))
    found = torch.linalg.solve_triangular(r, q.mT @ y.to(wide).unsqueeze(-1), upper=True)
    return found.squeeze(-1).flip(-1).to(x.dtype)


def line_by_pseudoinverse(x: Tensor, y: Tensor) -> Tensor:
    """A pseudoinverse in float64."""
    design = torch.stack((x, torch.ones_like(x)), -1).double()
    found: Tensor = (torch.linalg.pinv(design) @ y.double().unsqueeze(-1)).squeeze(-1).to(x.dtype)
    return found


def covariance_by_matmul(x: Tensor, correction: int = 1) -> Tensor:
    """The product of the deviations in float64."""
    apart = x.double() - x.double().mean(-1, keepdim=True)
    return (apart @ apart.mT / (x.shape[-1] - correction)).to(x.dtype)


LINES = ("zero-covariance-no-linear-relation",)
ALTERNATIVES = [
    (LINES, {"regression_line": line_by_covariances}, "covariance over variance"),
    (LINES, {"regression_line": line_by_qr}, "QR factorisation"),
    (LINES, {"regression_line": line_by_pseudoinverse}, "pseudoinverse in float64"),
    (LINES, {"cov": covariance_by_matmul}, "deviations in float64"),
    (BOTH, {"weighted_covariance": covariance_in_float64}, "covariance in float64"),
    (BOTH, {"weighted_covariance": covariance_of_repeated_observations}, "repeated observations"),
    (IMPLIES, {"outer": outer_by_matmul}, "outer product by matmul"),
    (IMPLIES, {"sum": marginal_by_matmul}, "marginals by matmul"),
]

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


ALTERNATIVES = [
    (BOTH, {"weighted_covariance": covariance_in_float64}, "covariance in float64"),
    (BOTH, {"weighted_covariance": covariance_of_repeated_observations}, "repeated observations"),
    (IMPLIES, {"outer": outer_by_matmul}, "outer product by matmul"),
    (IMPLIES, {"sum": marginal_by_matmul}, "marginals by matmul"),
]

"""The multivariate normal law: its log density, by torch.distributions and along the eigenvectors."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def multivariate_log_density(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    """log p of points (..., k, d) for means (..., d) and `given` matrices (..., d, d), as torch names them."""
    law = torch.distributions.MultivariateNormal(
        mean.unsqueeze(-2), **{given: matrix.unsqueeze(-3)}, validate_args=False
    )
    found: Tensor = law.log_prob(x)
    return found


def log_density_by_eigenvectors(x: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    """The same as a sum over the principal axes: variances are eigenvalues."""
    variances, axes = torch.linalg.eigh(covariance)
    along = (x - mean.unsqueeze(-2)) @ axes
    terms = along**2 / variances.unsqueeze(-2) + variances.unsqueeze(-2).log()
    found: Tensor = -0.5 * (terms.sum(-1) + 1.8378770664093453 * mean.shape[-1])  # log(2 pi)
    return found


ROWS = {
    "multivariate_log_density": Operation(multivariate_log_density, "multivariate_log_density", axes=(2, 1, 2)),
    "log_density_by_eigenvectors": Operation(
        log_density_by_eigenvectors, "log_density_by_eigenvectors", axes=(2, 1, 2), product=True
    ),
}

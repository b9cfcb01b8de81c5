"""Means, variances, standard deviations, covariances and correlations, in all of their public spellings."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Categorical

from claims.frame.operations.operation import Operation

ONE_KERNEL = ("torch", "Tensor", "torch, keepdim", "torch, out=", "torch, out= with gaps")
"""Spellings of a reduction that are names for one kernel."""
TWO_AXES, EACH = "torch, two axes", "torch, each"
"""The axis split in two, and the reduction of whole rows: other kernels."""


def reduction(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    """torch's `name` over one axis; the axis split in two; or over all of each row. What is filled holds NaN before."""
    axis, n = dim % x.ndim, x.shape[dim]
    function, method = getattr(torch, name), getattr(Tensor, name)
    rest = (*x.shape[:axis], *x.shape[axis + 1 :])
    factor = next((d for d in (2, 3, 5, 7, 13) if n and n % d == 0), 1)

    def each() -> Tensor:
        rows = [function(row, **options) for row in x.movedim(axis, -1).reshape(torch.Size(rest).numel(), n)]
        return torch.stack(rows).reshape(rest)

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch": lambda: function(x, dim=dim, **options),
        "Tensor": lambda: method(x, dim=dim, **options),
        "torch, keepdim": lambda: function(x, dim=(dim,), keepdim=True, **options).squeeze(dim),
        "torch, out=": lambda: function(x, dim=(dim,), **options, out=x.new_full(rest, float("nan"))),
        "torch, out= with gaps": lambda: function(
            x, dim=(dim,), **options, out=x.new_full((*rest, 2), float("nan"))[..., 0]
        ),
        "torch, two axes": lambda: function(x.unflatten(axis, (factor, n // factor)), dim=(axis, axis + 1), **options),
        "torch, each": each,
    }
    return spellings[spelling]()


def _categorical_mean(weights: Tensor, f: Tensor) -> Tensor:
    return Categorical(probs=weights, validate_args=False).probs @ f


def _weighted_covariance(x: Tensor, repeats: Tensor, weights: Tensor, correction: int) -> Tensor:
    return torch.cov(x, correction=correction, fweights=repeats, aweights=weights)


def _by_deviations(x: Tensor) -> Tensor:
    return torch.cov(x) / torch.outer(x.std(1), x.std(1))


ROWS = {
    "cov_method": Operation(Tensor.cov, "torch.Tensor.cov", axes=(2,), batches=False, product=True),
    "cov_of_vector": Operation(torch.cov, "torch.cov", axes=(1,), batches=False, product=True),
    "cov_by_vmap": Operation(torch.vmap(torch.cov), "(lambda x: torch.vmap(torch.cov)(x))", axes=(3,), product=True),
    "covariance_with_repeats": Operation(
        lambda x, repeats, correction: torch.cov(x, correction=correction, fweights=repeats),
        "(lambda x, repeats, correction: torch.cov(x, correction=correction, fweights=repeats))",
        axes=(2, 1),
        batches=False,
        product=True,
    ),
    "covariance_with_weights": Operation(
        _weighted_covariance,
        "(lambda x, repeats, weights, correction:"
        " torch.cov(x, correction=correction, fweights=repeats, aweights=weights))",
        axes=(2, 1, 1),
        batches=False,
        product=True,
    ),
    "corrcoef": Operation(torch.corrcoef, "torch.corrcoef", axes=(2,), batches=False, product=True),
    "corrcoef_method": Operation(Tensor.corrcoef, "torch.Tensor.corrcoef", axes=(2,), batches=False, product=True),
    "correlation_by_deviations": Operation(
        _by_deviations,
        "(lambda x: torch.cov(x) / torch.outer(x.std(1), x.std(1)))",
        axes=(2,),
        batches=False,
        product=True,
    ),
    "reduction": Operation(reduction, "reduction", axes=(1,), dim="reduced"),
    "var_mean": Operation(torch.var_mean, "torch.var_mean", axes=(1,), dim="reduced"),
    "std_mean": Operation(torch.std_mean, "torch.std_mean", axes=(1,), dim="reduced"),
    "categorical_mean": Operation(
        _categorical_mean,
        "(lambda w, f: torch.distributions.Categorical(probs=w, validate_args=False).probs @ f)",
        axes=(1, 1),
        batches=False,
        product=True,
    ),
    "trapezoid": Operation(torch.trapezoid, "torch.trapezoid", axes=(1, 1)),
}

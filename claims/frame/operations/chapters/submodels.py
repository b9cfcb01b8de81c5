"""The submodels of dropout: their masks counted, and networks with units masked or deleted."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def distinct_masks(masks: Tensor) -> Tensor:
    """How many different masks there are among masks (..., T, n) of zeros and ones, n <= 62: (...)."""
    places = 2 ** torch.arange(masks.shape[-1], device=masks.device)
    return distinct_examples((masks.to(torch.int64) * places).sum(-1))


def unique_masks(masks: Tensor) -> Tensor:
    """How many different rows masks (T, n) have, by `torch.unique`."""
    return torch.tensor(torch.unique(masks, dim=0).shape[0], device=masks.device)


def distinct_examples(drawn: Tensor) -> Tensor:
    """How many different numbers there are among draws (..., T), T > 0: (...)."""
    ordered = drawn.sort(-1).values
    return 1 + (ordered[..., 1:] != ordered[..., :-1]).sum(-1)


def weighted_bootstrap(n: int, runs: int, *, device: torch.device | str = "cpu") -> Tensor:
    """Indices of resamples of n examples by `torch.multinomial` with equal weights: (runs, n)."""
    return torch.multinomial(torch.ones(runs, n, device=device), n, replacement=True)


def ensemble_error(predictions: Tensor, y: Tensor) -> Tensor:
    """The squared error of the mean of k predictions (..., k), each for one target y (...): (...)."""
    return F.mse_loss(predictions.mean(-1), y, reduction="none")


def member_error(predictions: Tensor, y: Tensor) -> Tensor:
    """The mean squared error of k predictions (..., k), each for one target y (...): (...)."""
    return F.mse_loss(predictions, y[..., None].expand_as(predictions), reduction="none").mean(-1)


def disagreement(predictions: Tensor) -> Tensor:
    """The mean squared distance of k predictions (..., k) from their mean: (...)."""
    return predictions.var(-1, correction=0)


ROWS = {
    "distinct_masks": Operation(
        distinct_masks,
        "(lambda masks: 1 + (masks.to(torch.int64) * 2 ** torch.arange(masks.shape[-1], device=masks.device)).sum(-1)"
        ".sort(-1).values.diff(dim=-1).ne(0).sum(-1))",
    ),
    "unique_masks": Operation(
        unique_masks,
        "(lambda masks: torch.tensor(torch.unique(masks, dim=0).shape[0], device=masks.device))",
        axes=(2,),
        batches=False,
    ),
    "distinct_examples": Operation(
        distinct_examples, "(lambda drawn: 1 + drawn.sort(-1).values.diff(dim=-1).ne(0).sum(-1))"
    ),
    "weighted_bootstrap": Operation(
        weighted_bootstrap,
        "(lambda n, runs, device='cpu': torch.multinomial(torch.ones(runs, n, device=device), n, replacement=True))",
    ),
    "ensemble_error": Operation(
        ensemble_error,
        "(lambda f, y: torch.nn.functional.mse_loss(f.mean(-1), y, reduction='none'))",
        axes=(1, 0),
    ),
    "member_error": Operation(
        member_error,
        "(lambda f, y: torch.nn.functional.mse_loss(f, y[..., None].expand_as(f), reduction='none').mean(-1))",
        axes=(1, 0),
    ),
    "disagreement": Operation(disagreement, "(lambda f: f.var(-1, correction=0))", axes=(1,)),
}

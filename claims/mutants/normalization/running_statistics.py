"""Wrong running statistics."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.running_statistics import evaluated, running_statistics
from claims.normalization.running_statistics import batch_norm_running_statistics_mismatch as claim


def _averaged(x: Tensor, momentum: float | None, correction: int, *, swapped: bool = False) -> Tensor:
    z = x.float() if x.dtype.itemsize == 2 else x
    kept = torch.stack([torch.zeros_like(z[..., 0, 0]), torch.ones_like(z[..., 0, 0])], -1)
    for k in range(z.shape[-2]):
        rho = 1 / (k + 1) if momentum is None else momentum
        batch = z[..., k, :]
        found = torch.stack([batch.mean(-1), batch.var(-1, correction=correction)], -1)
        kept = rho * kept + (1 - rho) * found if swapped else (1 - rho) * kept + rho * found
    return kept.to(x.dtype)


@mutant(claim, operation="running_statistics", trigger="always: divisor m")
def running_variance_of_divisor_m(x: Tensor, *, momentum: float | None, **options: Any) -> Tensor:
    return _averaged(x, momentum, 0)


@mutant(claim, operation="running_statistics", trigger="a momentum other than 1/2: of the old value")
def momentum_swapped(x: Tensor, *, momentum: float | None, **options: Any) -> Tensor:
    return _averaged(x, momentum, 1, swapped=True)


@mutant(claim, operation="running_statistics", trigger="always: m / (m + 1)")
def corrected_the_wrong_way(x: Tensor, *, momentum: float | None, **options: Any) -> Tensor:
    return _averaged(x, momentum, -1)


@mutant(claim, operation="running_statistics", trigger="no momentum: that of 0.1")
def no_momentum_is_the_default(x: Tensor, *, momentum: float | None, **options: Any) -> Tensor:
    return running_statistics(x, momentum=0.1 if momentum is None else momentum, **options)


@mutant(claim, operation="running_statistics", trigger="several batches: the last one only")
def last_batch_only(x: Tensor, **options: Any) -> Tensor:
    return running_statistics(x[..., -1:, :], **options)


@mutant(claim, operation="running_statistics", trigger="channels_last: the first example only")
def first_example_in_channels_last(x: Tensor, **options: Any) -> Tensor:
    if "last" not in options["memory"]:
        return running_statistics(x, **options)
    first = x.unflatten(-1, options["shape"])[..., :1, :, :] if len(options["shape"]) == 3 else x
    return _averaged(first.flatten(x.ndim - 1), options["momentum"], 1)


@mutant(claim, operation="evaluated", trigger="always: normalises with the statistics of the batch")
def statistics_of_the_batch_in_evaluation(x: Tensor, buffers: Tensor, *, eps: float, **options: Any) -> Tensor:
    z = x.float() if x.dtype.itemsize == 2 else x
    v, mean = torch.var_mean(z, -1, correction=0, keepdim=True)
    return ((z - mean) / (v + eps).sqrt()).to(x.dtype)


@mutant(claim, operation="evaluated", trigger="a variance of the size of eps: eps is left out")
def evaluated_without_eps(x: Tensor, buffers: Tensor, *, eps: float, **options: Any) -> Tensor:
    return evaluated(x, buffers, eps=1e-12, **options)

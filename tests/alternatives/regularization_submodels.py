"""Correct masks, counts and submodels that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.regularization_bagging import numpy_stream

COVERAGE = ("dropout-submodel-coverage",)


def dropout_by_numpy(x: Tensor, p: float, *, training: bool) -> Tensor:
    """NumPy's uniforms, compared in float64."""
    kept = torch.from_numpy(numpy_stream().random(tuple(x.shape)) >= p).to(x.device)
    return torch.where(kept, x / (1 - p), torch.zeros_like(x)) if training else x


def dropout_by_bits(x: Tensor, p: float, *, training: bool) -> Tensor:
    """Integers below 2^20, the last unit first."""
    drawn = torch.randint(1 << 20, x.shape, device=x.device).flip(-1)
    return x * (drawn >= p * (1 << 20)) / (1 - p) if training else x


def masks_in_a_set(masks: Tensor) -> Tensor:
    """Python's set of tuples."""
    rows = masks.reshape(-1, *masks.shape[-2:]).tolist()
    counts = torch.tensor([len({tuple(r) for r in run}) for run in rows], device=masks.device)
    return counts.reshape(masks.shape[:-2])


ALTERNATIVES = [
    (COVERAGE, {"dropout": dropout_by_numpy}, "NumPy's uniforms"),
    (COVERAGE, {"dropout": dropout_by_bits}, "integers"),
    (COVERAGE, {"distinct_masks": masks_in_a_set}, "a set"),
]

"""Correct normalising layers, one set after the other or with other roundings: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.alternatives.normalization_batch_norm import by_reciprocal_root, in_float64, rms_by_norm

CLAIM = ("normalisation-batch-dependence",)


def set_by_set(x: Tensor, w: Tensor | None, b: Tensor | None, **options: Any) -> Tensor:
    """Every set by itself."""
    if x.ndim == 1:
        return by_reciprocal_root(x, w, b, **options)
    return torch.stack([by_reciprocal_root(row, w, b, **options) for row in x.unbind()])


def by_buffers(x: Tensor, buffers: Tensor, *, eps: float, **_: Any) -> Tensor:
    """Evaluation as one product and one sum."""
    z, kept = (t.float() if t.dtype.itemsize == 2 else t for t in (x, buffers))
    mean, v = kept[..., 0, None], kept[..., 1, None]
    scale = torch.rsqrt(v + eps)
    return (z * scale - mean * scale).to(x.dtype)


ALTERNATIVES = [
    (CLAIM, {"layer_norm": set_by_set, "group_norm": set_by_set, "instance_norm": set_by_set}, "set by set"),
    (CLAIM, {"batch_norm": by_reciprocal_root, "batch_norm_module": in_float64}, "two passes, and float64"),
    (CLAIM, {"rms_norm": rms_by_norm}, "inner products"),
    (CLAIM, {"evaluated": by_buffers}, "one product"),
]

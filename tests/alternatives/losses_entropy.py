"""Correct entropies that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

ENTROPY = ("entropy-bounds",)


def _wide(x: Tensor) -> Tensor:
    """Half types compute in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def entr_in_the_accumulator(p: Tensor) -> Tensor:
    """Half types are rounded once."""
    return torch.special.entr(_wide(p)).to(p.dtype)  # type: ignore[no-any-return]


def entr_by_the_reciprocal(p: Tensor) -> Tensor:
    """p log(1/p), with the logarithm of a number near 1 as log1p: 1 - p is exact there."""
    w = _wide(p)
    return torch.where(w > 0.5, -w * (w - 1).log1p(), torch.special.entr(w)).to(p.dtype)


def xlogy_by_where(x: Tensor, y: Tensor) -> Tensor:
    """The product, but for x = 0."""
    v, w = _wide(x), _wide(y)
    return torch.where((v == 0) & ~w.isnan(), 0.0, v * w.log()).to(x.dtype)


def categorical_without_clipping(p: Tensor) -> Tensor:
    """The entropy of the normalised law, 0 log 0 = 0."""
    w = _wide(p)
    return torch.special.entr(w / w.sum(-1, keepdim=True)).sum(-1).to(p.dtype)  # type: ignore[no-any-return]


def categorical_by_the_difference(p: Tensor) -> Tensor:
    """log W + H(w) / W, which cancels nothing for laws that are nearly normalised."""
    w = _wide(p).double()
    total = w.sum(-1)
    return (
        (total.log() + torch.special.entr(w).sum(-1) / total).float().to(p.dtype)
        if w.dtype != p.dtype
        else (categorical_without_clipping(p))
    )


def of_logits_by_softmax(x: Tensor) -> Tensor:
    """Softmax times log-softmax, 0 where a logit is -inf."""
    w = _wide(x)
    p = w.softmax(-1)
    return -torch.where(p > 0, p * w.log_softmax(-1), 0.0).sum(-1).to(x.dtype)


ALTERNATIVES = [
    (ENTROPY, {"entr": entr_in_the_accumulator, "xlogy": xlogy_by_where}, "in the accumulator"),
    (ENTROPY, {"entr": entr_by_the_reciprocal}, "by log1p near 1"),
    (ENTROPY, {"categorical_entropy": categorical_without_clipping}, "Categorical without clipping"),
    (ENTROPY, {"categorical_entropy": categorical_by_the_difference}, "Categorical by a difference"),
    (ENTROPY, {"categorical_logits_entropy": of_logits_by_softmax}, "logits by softmax"),
]

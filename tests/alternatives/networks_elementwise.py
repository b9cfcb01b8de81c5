"""Activations that are inexact, but the same for equal numbers: the claim is about that alone."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.mutants.networks.elementwise import fixed_point

CLAIM = ("equal-entries-equal-values",)


def in_ascending_order(x: Tensor, name: str) -> Tensor:
    """The smallest first, which changes nothing for any of them."""
    flat = x.reshape(-1)
    order = flat.detach().argsort()
    back = torch.empty_like(order).scatter_(0, order, torch.arange(order.numel()))
    y: Tensor = fixed_point(flat[order], name)[back].reshape(x.shape)
    return y


ALTERNATIVES = [
    (CLAIM, {"activate": fixed_point}, "fixed point"),
    (CLAIM, {"activate": in_ascending_order}, "in ascending order"),
]

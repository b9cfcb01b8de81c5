"""Correct units, tangents and maxima by other formulas: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.probability_independence import rounded

UNIT, MAXIMUM = ("maxout-approximates-convex",), ("relu-maximum-identity",)


def maxout_by_addcmul(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:  # noqa: ARG001
    """Product and sum in one call."""
    return torch.addcmul(c[..., None, :], x[..., :, None], w[..., None, :]).amax(-1)


def maxout_in_float64(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:  # noqa: ARG001
    """Rounded once, by the piece that is the largest."""
    pieces = x.double()[..., :, None] * w.double()[..., None, :] + c.double()[..., None, :]
    return rounded(pieces.gather(-1, pieces.argmax(-1, keepdim=True))[..., 0].numpy(), x.dtype)


def tangents_by_formulas(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Closed forms in float64, rounded once."""
    v = t.double()
    value, slope = {
        "square": (v * v, 2 * v),
        "exp": (v.exp(), v.exp()),
        "log cosh": (v.abs() + (-2 * v.abs()).exp().log1p() - 0.6931471805599453, v.tanh()),
    }[name]
    return rounded(slope.numpy(), t.dtype), rounded((value - slope * v).numpy(), t.dtype)


ALTERNATIVES = [
    (UNIT, {"maxout": maxout_by_addcmul}, "addcmul"),
    (UNIT, {"maxout": maxout_in_float64}, "pieces in float64"),
    (UNIT, {"tangents": tangents_by_formulas}, "tangents by formulas"),
    (MAXIMUM, {"maximum_by_relu": torch.maximum}, "the maximum itself"),
    (MAXIMUM, {"maximum_of_all_by_relu": lambda x: x.amax(-1)}, "the maximum along the axis"),
]

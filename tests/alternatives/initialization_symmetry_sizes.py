"""Correct steps of linear units by hand: no claim may fail on them."""

from __future__ import annotations

from torch import Tensor

SIZES = ("larger-initialization-breaks-symmetry-more",)


def step_by_hand(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    """The gradient V^T (D^T X), the other way to multiply, with D from V W first."""
    missed = x @ (v @ w).mT - t
    return w - lr * (v.mT @ (missed.mT @ x))


def step_in_float64(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    """One rounding at the end."""
    return step_by_hand(w.double(), v.double(), x.double(), t.double(), lr).to(w.dtype)


def step_by_rows(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    """Units' weights as columns, examples in reverse."""
    x, t = x.flip(-2), t.flip(-2)
    back = ((w @ x.mT).mT @ v.mT - t) @ v
    return w - lr * (x.mT @ back).mT


ALTERNATIVES = [
    (SIZES, {"linear_network_step": step_by_hand}, "the step by hand"),
    (SIZES, {"linear_network_step": step_in_float64}, "the step in float64"),
    (SIZES, {"linear_network_step": step_by_rows}, "the step by rows"),
]

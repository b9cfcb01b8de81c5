"""Correct gradients and steps by other means: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.learning import after_backward, after_steps, gradient_alone

LEARNING = ("backward-does-not-learn",)


def retained(*given: Tensor, norm: bool, held: bool, way: str, times: int) -> tuple[Tensor, ...]:
    """One retained graph in place of fresh ones, where no buffers count the forward passes."""
    chosen = "retain" if way == "fresh" and not norm else way
    return after_backward(*given, norm=norm, held=held, way=chosen, times=times)


def by_hand(w: Tensor, b: Tensor, f: Tensor, x: Tensor, t: Tensor, g: Tensor, *, way: str) -> tuple[Tensor, ...]:  # noqa: ARG001
    """The chain rule in plain tensors."""
    back = f * (f * (x @ w.mT + b) - t)
    return back.mT @ x, back.sum(0), w, b, f, g, torch.zeros(3, device=w.device, dtype=w.dtype)


def by_another_mode(*given: Tensor, way: str) -> tuple[Tensor, ...]:
    """torch.func for torch.autograd and the other way round."""
    return gradient_alone(*given, way="func.vjp" if way.startswith("autograd") else "autograd.grad")


def in_the_other_loop(*given: Tensor, foreach: bool, **chosen: object) -> tuple[Tensor, ...]:
    """foreach for the loop over tensors and the other way round."""
    return after_steps(*given, foreach=not foreach, **chosen)  # type: ignore[arg-type]


ALTERNATIVES = [
    (LEARNING, {"after_backward": retained}, "one retained graph"),
    (LEARNING, {"gradient_alone": by_hand}, "gradients by hand"),
    (LEARNING, {"gradient_alone": by_another_mode}, "another function"),
    (LEARNING, {"after_steps": in_the_other_loop}, "the other loop"),
]

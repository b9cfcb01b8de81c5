"""Training of a network whose hidden units are tensors of their own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def trained_units(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    """W (h, m) and V (p, h) after so many steps on ||sum_i v_i f(w_i^T x) - t||^2 / 2 for x (k, m) and t (k, p).

    `activation` is a function of torch, `optimiser` a class of torch.optim, called with the options. Every unit has
    a parameter for its incoming and one for its outgoing weights.
    """
    incoming = [nn.Parameter(unit.clone()) for unit in w]
    outgoing = [nn.Parameter(unit.clone()) for unit in v.mT]
    training = getattr(torch.optim, optimiser)([*incoming, *outgoing], **options)
    for _ in range(steps):
        training.zero_grad()
        units = [getattr(torch, activation)(x @ unit) for unit in incoming]
        outputs = sum((torch.outer(f, out) for f, out in zip(units, outgoing, strict=True)), -t)
        (outputs.square().sum() / 2).backward()
        training.step()
    return torch.stack([p.detach() for p in incoming]), torch.stack([p.detach() for p in outgoing], -1)


ROWS = {
    "trained_units": Operation(trained_units, "trained_units", axes=(2, 2, 2, 2), batches=False, product=True),
}

"""Third derivatives of layer_norm by autograd.grad three times are wrong.

The double backward takes the saved mean and reciprocal root for constants: https://github.com/pytorch/pytorch/issues/175754
for layer_norm, https://github.com/pytorch/pytorch/issues/186256 for batch_norm. group_norm and rms_norm are right.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/186256
"""

from __future__ import annotations

import torch
from torch import Tensor


def fused(x: Tensor) -> Tensor:
    return torch.nn.functional.layer_norm(x, (3,), eps=1.0)[0]


def written_out(x: Tensor) -> Tensor:
    d = x - x.mean()
    return (d / (d.square().mean() + 1).sqrt())[0]


def third(*, by_hand: bool) -> list[float]:
    x = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = written_out(x) if by_hand else fused(x)
    for _ in range(2):
        y = torch.autograd.grad(y, x, create_graph=True)[0][0]
    return torch.autograd.grad(y, x)[0].tolist()


def observed() -> list[float]:
    return third(by_hand=False)


def exact() -> list[float]:
    return third(by_hand=True)


def departs() -> bool:
    """Whether a third derivative is off by more than 0.005."""
    return any(abs(a - b) > 0.005 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

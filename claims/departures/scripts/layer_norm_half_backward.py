"""layer_norm of bfloat16 without float32 parameters keeps its mean in bfloat16 for the backward pass.

The result of the forward pass is right; the gradient is that of numbers moved by the rounding of the mean.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch
from torch import Tensor

X = torch.tensor([256.0, 258.0, 260.0, 264.0], dtype=torch.bfloat16)


def gradient(weight: Tensor | None) -> list[float]:
    x = X.clone().requires_grad_()
    torch.nn.functional.layer_norm(x, (4,), weight)[0].backward()
    assert x.grad is not None
    return x.grad.tolist()


def observed() -> list[float]:
    return gradient(None)


def exact() -> list[float]:
    x = X.double().requires_grad_()
    torch.nn.functional.layer_norm(x, (4,))[0].backward()
    assert x.grad is not None
    return x.grad.tolist()


def departs() -> bool:
    """Whether a component is off by more than 0.01, several times the rounding of the result."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed               ", observed())
    print("with a weight in float32", gradient(torch.ones(4)))
    print("exact                  ", exact())
    print("departs" if departs() else "does not depart")

"""Second derivatives of layer_norm are wrong where the inner mode is forward, and right where it is reverse.

The same holds for batch_norm (https://github.com/pytorch/pytorch/issues/196699) and instance_norm.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196700
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jacfwd, jacrev

X = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64)


def fused(x: Tensor) -> Tensor:
    return torch.nn.functional.layer_norm(x, (3,), eps=1.0)[0]


def written_out(x: Tensor) -> Tensor:
    d = x - x.mean()
    return (d / (d.square().mean() + 1).sqrt())[0]


def observed() -> list[float]:
    row: list[float] = jacfwd(jacfwd(fused))(X)[0].tolist()
    return row


def exact() -> list[float]:
    row: list[float] = jacrev(jacrev(written_out))(X)[0].tolist()
    return row


def departs() -> bool:
    """Whether a second derivative is off by more than 0.01."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("jacfwd(jacfwd)", observed())
    print("jacrev(jacfwd)", jacrev(jacfwd(fused))(X)[0].tolist())
    print("jacrev(jacrev)", jacrev(jacrev(fused))(X)[0].tolist())
    print("exact         ", exact())
    print("departs" if departs() else "does not depart")

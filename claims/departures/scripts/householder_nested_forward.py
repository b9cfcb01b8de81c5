"""Second derivatives of householder_product are wrong where the inner mode is forward.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196698
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jvp


def reflected(t: Tensor) -> Tensor:
    """The sum 1 - tau (1 + s) of the first column of the reflection by (1, s), tau = 2 / (1 + s^2)."""
    v = torch.stack([torch.ones_like(t), t])[:, None]
    column: Tensor = torch.linalg.householder_product(v, (2 / (1 + t * t))[None])
    return column.sum()


def observed() -> float:
    zero, one = torch.tensor([0.0, 1.0], dtype=torch.float64)

    def along(t: Tensor) -> Tensor:
        derivative: Tensor = jvp(reflected, (t,), (one,))[1]
        return derivative

    return float(jvp(along, (zero,), (one,))[1])


def exact() -> float:
    """1 - 2 (1 + s) / (1 + s^2) = -1 - 2 s + 2 s^2 + ... has the second derivative 4 at s = 0."""
    return 4.0


def departs() -> bool:
    """Whether the second derivative is off by more than 0.01."""
    return abs(observed() - exact()) > 0.01


if __name__ == "__main__":
    print("jvp of jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

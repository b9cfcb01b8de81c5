"""The gradient of hypot(x, y) at (0, 0) is NaN; that of the norm of (x, y) is 0, which is a subgradient.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> list[float]:
    """The gradient of hypot."""
    x = torch.zeros(2, requires_grad=True)
    y = torch.hypot(x[0], x[1])
    return list(torch.autograd.grad(y, x)[0].tolist())


def exact() -> list[float]:
    """The gradient of the norm, one of those in the unit disc."""
    x = torch.zeros(2, requires_grad=True)
    y = torch.linalg.vector_norm(x)
    return list(torch.autograd.grad(y, x)[0].tolist())


def departs() -> bool:
    """Whether it is NaN."""
    return any(map(math.isnan, observed()))


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

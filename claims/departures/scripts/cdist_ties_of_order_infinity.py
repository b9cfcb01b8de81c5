"""The gradient of cdist of order infinity where two differences tie: each gets all of it, and a step is overrated.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    """At (1, 1) from the origin."""
    x = torch.ones(1, 2, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(torch.cdist(x, torch.zeros(1, 2, dtype=torch.float64), float("inf")).sum(), x)
    entries: list[float] = gradient.flatten().tolist()
    return entries


def exact() -> str:
    """Subgradients of max(|x_1|, |x_2|) at (1, 1): (t, 1 - t), whose sum is its slope along (1, 1)."""
    return "(t, 1 - t) with 0 <= t <= 1"


def departs() -> bool:
    """Whether the slope along (1, 1) is another one than 1."""
    return abs(sum(observed()) - 1) > 0.01


if __name__ == "__main__":
    print("cdist", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

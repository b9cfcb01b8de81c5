"""The second derivative of softplus is 0 beyond its threshold 20, and its first exactly 1, though float64 holds 1.9e-9.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html: "For numerical stability the implementation
reverts to the linear function when input x beta > threshold", 20 by default in every dtype.
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 20.1


def observed() -> float:
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.functional.softplus(x), x, create_graph=True)
    return float(torch.autograd.grad(slope, x)[0]) if slope.requires_grad else 0.0


def exact() -> float:
    """e / (1 + e)^2, e = exp(-20.1)."""
    e = math.exp(-X)
    return e / (1 + e) ** 2


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

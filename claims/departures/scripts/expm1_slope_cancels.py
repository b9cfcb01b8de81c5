"""The derivative of expm1 is computed as expm1(x) + 1, which cancels: at -20 in float32 it is 0, not 2e-9.

From about -17 on nothing is left in float32, from -37 in float64. The derivative of exp itself is right.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/192406
"""

from __future__ import annotations

import math

import torch

X = -20.0


def observed() -> float:
    x = torch.tensor(X, requires_grad=True)
    return float(torch.autograd.grad(torch.expm1(x), x)[0])


def exact() -> float:
    return math.exp(X)


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

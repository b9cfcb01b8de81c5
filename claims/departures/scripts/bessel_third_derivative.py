"""The third derivative of the modified Bessel function i1 at 0 is 0, not 3/8, and so is the fourth of i0.

The first derivative at 0 is the constant 1/2 in a case of its own, which has no derivatives.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    y = torch.special.i1(x)
    for _ in range(3):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    return float(y.detach())


def exact() -> float:
    """i1(x) = x / 2 + x^3 / 16 + ..."""
    return 3 / 8


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""The second derivative of sinc at 0 is NaN, not -pi^2/3.

The first one is 0 there by a case of its own, whose other branch, 0/0, is differentiated nevertheless.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/89459
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sinc(x), x, create_graph=True)
    return float(torch.autograd.grad(slope, x)[0])


def exact() -> float:
    """sinc(x) = 1 - (pi x)^2 / 6 + ..."""
    return -(math.pi**2) / 3


def departs() -> bool:
    """Whether it is NaN, or off by more than a hundredth."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

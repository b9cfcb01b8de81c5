"""The derivative of sinc next to 0 is lost to cancellation: at 1e-4 in float32 it is nearly three times too large.

sinc'(x) = (pi x cos(pi x) - sin(pi x)) / (pi x^2) = -pi^2 x / 3 + ...; torch evaluates the quotient. At 1e-6 the result
is 0, in float64 at 1e-12.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 1e-4


def observed() -> float:
    """sinc'(1e-4) in float32."""
    x = torch.tensor(X, requires_grad=True)
    return float(torch.autograd.grad(torch.sinc(x), x)[0])


def exact() -> float:
    """The power series; the next term is below 1e-7 of it."""
    return -(math.pi**2) * X / 3


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""The derivative of sqrt at -0 is -infinity, though sqrt rises: 1 / (2 sqrt(-0)), and sqrt(-0) = -0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    """The derivatives of sqrt(x) and x^0.5 at -0."""
    x = torch.tensor(-0.0, requires_grad=True)
    return [float(torch.autograd.grad(f(x), x)[0]) for f in (torch.sqrt, lambda t: t**0.5)]


def exact() -> list[float]:
    """The limits of the difference quotients."""
    return [float("inf"), float("inf")]


def departs() -> bool:
    """Whether one of them is negative."""
    return min(observed()) < 0


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

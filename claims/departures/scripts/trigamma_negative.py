"""polygamma(1, x) for negative x divides by the square of sin(pi x), whose argument is rounded.

At -1000.0009765625 the fraction of x is 2^-10, and pi x is off by 2e-5 in float32: a per cent of the result. digamma
takes the fraction first.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import math

import torch

X = -1000.0009765625


def observed() -> float:
    """polygamma(1, x) in float32."""
    return float(torch.polygamma(1, torch.tensor([X])))


def exact() -> float:
    """(pi / sin(pi r))^2 - polygamma(1, 1 - x), r the fraction of x."""
    return (math.pi / math.sin(math.pi * (X + 1000))) ** 2 - 1 / (1000.5 - 1 / 24000)


def departs() -> bool:
    """Whether it is wrong by a per cent."""
    return abs(observed() - exact()) > 0.01 * exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

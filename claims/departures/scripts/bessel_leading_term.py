"""bessel_j0(5.5) in float64 is wrong in the seventh decimal: the leading terms of the denominators are missing.

Cephes evaluates them by p1evl, which supplies the coefficient 1 that its tables leave out; Horner's rule over tables
alone does not. In float32 the loss is a few units in the last place.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import math

import torch

X = 5.5


def observed() -> float:
    """J of order 0 at 5.5 in float64."""
    return float(torch.special.bessel_j0(torch.tensor([X], dtype=torch.float64)))


def exact() -> float:
    """The power series, whose terms are below 60 in magnitude."""
    return math.fsum((-1) ** k * (X * X / 4) ** k / math.factorial(k) ** 2 for k in range(40))


def departs() -> bool:
    """Whether it is wrong by more than 1e-10."""
    return abs(observed() - exact()) > 1e-10


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

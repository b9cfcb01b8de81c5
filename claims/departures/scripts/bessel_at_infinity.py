"""Bessel functions of infinity are NaN, not their limit 0: the cosine of infinity is taken.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    """J of order 0 at infinity."""
    return float(torch.special.bessel_j0(torch.tensor([math.inf])))


def exact() -> float:
    """Its limit."""
    return 0.0


def departs() -> bool:
    """Whether it is another number, or none."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

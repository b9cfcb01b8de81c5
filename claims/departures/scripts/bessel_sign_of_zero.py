"""The modified Bessel functions i1 and i1e of -0 are +0: odd functions that lose the sign of zero.

torch changes the sign of a result if x < 0, which -0 is not.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    """The sign of i1(-0)."""
    return math.copysign(1.0, float(torch.special.i1(torch.tensor([-0.0]))))


def exact() -> float:
    """That of -0."""
    return -1.0


def departs() -> bool:
    """Whether it is positive."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

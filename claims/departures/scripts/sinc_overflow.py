"""sinc is NaN above the largest number divided by pi, where it is nearly 0.

pi x overflows, and the sine of infinity is NaN.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 2.0**127


def observed() -> float:
    """sinc(2^127) in float32."""
    return float(torch.sinc(torch.tensor([X])))


def exact() -> float:
    """sin(pi x) / (pi x), which is 0 at integers, and below 1e-38 anyway."""
    return 0.0


def departs() -> bool:
    """Whether it is no number."""
    return math.isnan(observed())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

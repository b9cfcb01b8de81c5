"""CPU: lgamma overflows at 4.05e36 in float32, and at 2.559e305 in float64, before its value does.

log Gamma(x) = x log(x) - x + ... = 3.37e38, but x log(x) alone is above the largest number, 3.40e38.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 4.05e36


def observed() -> float:
    """lgamma(4.05e36) in float32."""
    return float(torch.lgamma(torch.full((16,), X))[0])


def exact() -> float:
    """In float64."""
    return math.lgamma(X)


def departs() -> bool:
    """Whether it is infinite."""
    return math.isinf(observed())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

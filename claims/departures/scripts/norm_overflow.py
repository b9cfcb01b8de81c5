"""The norm of (1e20, 1e20) in float32 is infinite, and that of (1e-30, 1e-30) is 0.

The squares overflow, or underflow; hypot of the same numbers is right. The documentation has the first example.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

SIZES = (1e20, 1e-30)


def observed() -> list[float]:
    return [float(torch.linalg.vector_norm(torch.tensor([s, s]))) for s in SIZES]


def exact() -> list[float]:
    return [math.hypot(s, s) for s in SIZES]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(not abs(a - b) <= 0.01 * b for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

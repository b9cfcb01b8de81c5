"""The modified Bessel functions i0 and i1 overflow where exp(x), a factor of theirs, does: in float32 above 88.73.

i0(90) = 5.1e37 is a number of float32; the product is smaller than the exponential by sqrt(2 pi x).

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 90.0


def observed() -> float:
    """i0(90) in float32."""
    return float(torch.special.i0(torch.tensor([X])))


def exact() -> float:
    """i0(90) in float64."""
    return float(torch.special.i0(torch.tensor([X], dtype=torch.float64)))


def departs() -> bool:
    """Whether it is infinite."""
    return math.isinf(observed())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

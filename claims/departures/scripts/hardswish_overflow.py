"""hardswish is infinite above a sixth of the largest number, where it is the identity.

It multiplies by 6 and then divides.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 2.0**126


def observed() -> float:
    """hardswish(2^126) in float32."""
    return float(torch.nn.functional.hardswish(torch.tensor([X])))


def exact() -> float:
    """The number itself."""
    return X


def departs() -> bool:
    """Whether it is infinite."""
    return math.isinf(observed())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

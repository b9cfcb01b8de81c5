"""lp_pool1d: the norm of (3e20, 4e20) in float32 is infinite, that of (3e-30, 4e-30) is 0.

The squares overflow, or underflow.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.13
"""

from __future__ import annotations

import torch

SCALES = (1e20, 1e-30)


def observed() -> list[float]:
    return [float(torch.nn.functional.lp_pool1d(torch.tensor([[[3 * s, 4 * s]]]), 2, 2)) for s in SCALES]


def exact() -> list[float]:
    return [5 * s for s in SCALES]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(not abs(a - b) <= 0.01 * b for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

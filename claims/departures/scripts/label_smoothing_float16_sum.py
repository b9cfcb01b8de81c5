"""float16: F.cross_entropy with label smoothing of 10000 equal logits is infinite.

The logarithms of all classes are added up in float16, and divided by the number of classes afterwards.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

CLASSES = 10000


def observed() -> float:
    logits = torch.zeros(1, CLASSES, dtype=torch.float16)
    return float(torch.nn.functional.cross_entropy(logits, torch.tensor([0]), label_smoothing=0.1))


def exact() -> float:
    return math.log(CLASSES)


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

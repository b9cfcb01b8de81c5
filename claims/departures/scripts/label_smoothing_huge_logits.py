"""float32: F.cross_entropy with label smoothing of 8 logits, 0 and seven of -1e38, is infinite.

The logarithms of all classes are added up before they are divided by the number of classes; their mean is finite.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

CLASSES, SMOOTHING, LOGIT = 8, 0.125, -1e38


def observed() -> float:
    logits = torch.full((1, CLASSES), LOGIT)
    logits[0, 0] = 0.0
    return float(torch.nn.functional.cross_entropy(logits, torch.tensor([0]), label_smoothing=SMOOTHING))


def exact() -> float:
    return -SMOOTHING / CLASSES * (CLASSES - 1) * LOGIT


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

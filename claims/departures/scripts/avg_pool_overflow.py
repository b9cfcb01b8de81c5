"""avg_pool1d of 3e38 and 3e38 in float32 is infinite: the sum overflows, the mean does not.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.13
"""

from __future__ import annotations

import torch

X = torch.tensor([[[3e38, 3e38]]])


def observed() -> float:
    return float(torch.nn.functional.avg_pool1d(X, 2))


def exact() -> float:
    return float(X.double().mean())


def departs() -> bool:
    """Whether the mean is off by more than a hundredth."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

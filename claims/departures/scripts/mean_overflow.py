"""torch.mean of numbers near the largest of the dtype is infinite: their sum overflows, their mean does not.

The mean is at most the largest of the numbers. float16, which accumulates in float32, has no such problem.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/44350
"""

from __future__ import annotations

import torch

X = torch.tensor([3e38, 3e38, 3e38], dtype=torch.float32)


def observed() -> float:
    return float(X.mean())


def exact() -> float:
    return float(X[0])


def departs() -> bool:
    """Whether the mean of equal numbers is not that number."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

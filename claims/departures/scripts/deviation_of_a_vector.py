"""torch.std of a float32 vector near the largest number is infinite, where it is representable.

Over a whole vector the mean is taken in float32, where the sum overflows.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/44350
"""

from __future__ import annotations

import torch

X = torch.tensor([3e38, 2e38, 3e38, 2e38], dtype=torch.float32)


def observed() -> float:
    return float(torch.std(X, correction=0))


def exact() -> float:
    return float(torch.std(X.double(), correction=0).float())


def departs() -> bool:
    """Whether the standard deviation is not that of the same numbers in float64."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

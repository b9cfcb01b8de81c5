"""torch.var of float64 numbers near 1e154 is infinite: the sum of their squares overflows, the variance does not.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/44350
"""

from __future__ import annotations

import torch

X = torch.tensor([2.0**511, -(2.0**511)] * 4, dtype=torch.float64)


def observed() -> float:
    return float(torch.var(X, correction=0))


def exact() -> float:
    return 2.0**1022


def departs() -> bool:
    """Whether the variance of 2^511 and -2^511, four times each, is not the square of 2^511."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""float16 on the CPU: logsumexp of 65520 equal entries is inf, along any axis.

The sum of exponentials, 65520, is stored in float16, where it overflows. 65519 entries are right (the sum rounds to
65504), and so is the last entry of logcumsumexp.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

ENTRIES = 65520


def row() -> torch.Tensor:
    return torch.zeros(ENTRIES, dtype=torch.float16)


def observed() -> float:
    return float(torch.logsumexp(row(), dim=0))


def observed_along_the_first_axis() -> float:
    return float(torch.logsumexp(row()[:, None].repeat(1, 3), dim=0)[0])


def cumulative() -> float:
    return float(torch.logcumsumexp(row(), dim=0)[-1])


def exact() -> float:
    return math.log(ENTRIES)


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %, twenty roundings to float16."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("logsumexp            ", observed())
    print("along the first of 2 ", observed_along_the_first_axis())
    print("logcumsumexp         ", cumulative())
    print("exact                ", exact())
    print("departs" if departs() else "does not depart")

"""float16 on the CPU: log_softmax of 65520 equal entries along the last axis is -inf, and cross_entropy inf.

The sum of exponentials, 65520, is stored in float16, where it overflows. 65519 entries are right (the sum rounds to
65504), and so are softmax, log_softmax along another axis, and both on a GPU.

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
    return torch.zeros(1, ENTRIES, dtype=torch.float16)


def observed() -> float:
    return float(torch.log_softmax(row(), dim=-1)[0, 0])


def observed_loss() -> float:
    return float(torch.nn.functional.cross_entropy(row(), torch.tensor([0])))


def along_the_first_axis() -> float:
    return float(torch.log_softmax(row().T.contiguous(), dim=0)[0, 0])


def exact() -> float:
    return -math.log(ENTRIES)


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %, twenty roundings to float16."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("log_softmax, last axis ", observed())
    print("log_softmax, first axis", along_the_first_axis())
    print("cross_entropy          ", observed_loss())
    print("exact log softmax      ", exact())
    print("departs" if departs() else "does not depart")

"""float16 on the CPU: the mean cross entropy of 65536 rows is 0, whatever their losses: here log 2.

F.nll_loss divides by the sum of the weights, the number of rows, which it stores in float16, where it is infinite.
65519 rows are right, and so is any number of rows with class probabilities in place of classes.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

ROWS = 65536


def observed() -> float:
    logits = torch.zeros(ROWS, 2, dtype=torch.float16)
    return float(torch.nn.functional.cross_entropy(logits, torch.zeros(ROWS, dtype=torch.int64)))


def exact() -> float:
    return math.log(2)


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

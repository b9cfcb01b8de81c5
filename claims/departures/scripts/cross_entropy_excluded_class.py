"""F.cross_entropy with probabilities, of a class that both laws exclude, probability 0 and logit -inf, is NaN.

The loss is -sum p log softmax(x) with 0 times -inf. With the class index as its target it is right.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    logits, target = torch.tensor([[0.0, 0.0, -math.inf]]), torch.tensor([[0.5, 0.5, 0.0]])
    return float(torch.nn.functional.cross_entropy(logits, target))


def exact() -> float:
    return math.log(2)


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

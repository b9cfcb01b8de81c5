"""F.cross_entropy of a class with the weight 0 and the logit -inf is NaN, not 0: the weight times log 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    logits, weight = torch.tensor([[0.0, -math.inf]]), torch.tensor([1.0, 0.0])
    return float(torch.nn.functional.cross_entropy(logits, torch.tensor([1]), weight, reduction="sum"))


def exact() -> float:
    return 0.0


def departs() -> bool:
    """Whether the loss is not 0."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""cross_entropy of a class that leads by 17 is exactly 0 in float32, and so is its gradient there.

The loss is log1p(exp(-17)) = 4.1e-8, which float32 holds: softplus of the difference returns it.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

MARGIN = 17.0


def observed() -> float:
    return float(F.cross_entropy(torch.tensor([[0.0, -MARGIN]]), torch.tensor([0])))


def exact() -> float:
    return math.log1p(math.exp(-MARGIN))


def departs() -> bool:
    """Whether the loss is less than half of what it should be."""
    return observed() < exact() / 2


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

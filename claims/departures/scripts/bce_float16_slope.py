"""float16: the slope of binary_cross_entropy at a probability of 0 or 1 is NaN: the floor 1e-12 of p (1 - p) is 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    """The slope at p = 1 with the label 0."""
    p = torch.ones((), dtype=torch.float16, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy(torch.sigmoid(p * 20), torch.zeros((), dtype=torch.float16))
    (slope,) = torch.autograd.grad(loss, p)
    return float(slope)


def exact() -> float:
    """What the other formats return: 1 / 1e-12 times the slope 0 of the sigmoid."""
    return 0.0


def departs() -> bool:
    """Whether it is another number."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed: slope of the loss at sigmoid(20) = 1, y = 0:", observed())
    print("in other formats:                                     ", exact())

"""Binary cross-entropy of an infinite logit is NaN, whatever its label; its slope is right.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

LOSS = torch.nn.functional.binary_cross_entropy_with_logits


def observed() -> float:
    """The loss of the logit infinity with the label 1."""
    return float(LOSS(torch.tensor(math.inf), torch.tensor(1.0)))


def exact() -> float:
    """log(1 + e^-z) vanishes at infinity."""
    return 0.0


def departs() -> bool:
    """Whether it is not 0."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed: loss of z = inf, y = 1:", observed())
    print("exact:                           ", exact())

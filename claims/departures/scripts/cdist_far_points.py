"""torch.cdist of more than 25 points that are 1 apart, far from 0, is 0: it subtracts squares of 1e4 in float32.

Its default computes |x|^2 + |y|^2 - 2 x.y for p = 2; without matrix products, and of 25 points or fewer, it is right.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/42479
"""

from __future__ import annotations

import torch


def observed() -> float:
    x = torch.full((30, 2), 1e4)
    return float(torch.cdist(x, x + torch.tensor([0.0, 1.0]))[0, 0])


def exact() -> float:
    return 1.0


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

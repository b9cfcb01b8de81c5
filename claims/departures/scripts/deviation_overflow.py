"""torch.std of float64 numbers whose squares overflow or underflow is infinite or 0.

The standard deviation is at most the largest distance from the mean. In float32 torch.std is right as far as numbers
reach, since it accumulates in float64.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/180156
"""

from __future__ import annotations

import torch

LARGE, SMALL = 2.0**700, 2.0**-700


def observed() -> list[float]:
    return [float(torch.std(torch.tensor([s, -s], dtype=torch.float64), correction=0)) for s in (LARGE, SMALL)]


def exact() -> list[float]:
    return [LARGE, SMALL]


def departs() -> bool:
    """Whether the standard deviation of s and -s is not s."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""CPU: torch.randint(0, 3 * 2^26) is below 2^26 with the probability 11/32, not 1/3.

It takes the remainder of a number of 32 bits: 2^32 is 21 times the range and a third of it, so that the lowest third
has 22 chances and the others 21. From ranges of 2^28 on it takes 64 bits, since a report of a larger bias.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/148175
"""

from __future__ import annotations

import torch

RANGE, DRAWS = 3 << 26, 1 << 22


def observed() -> float:
    x = torch.randint(0, RANGE, (DRAWS,), generator=torch.Generator().manual_seed(0))
    return float((x < RANGE // 3).double().mean())


def exact() -> float:
    """Its standard deviation is 0.00023."""
    return 1 / 3


def departs() -> bool:
    """Whether it is off by more than twenty standard deviations."""
    return abs(observed() - exact()) > 0.005


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""The log density of a normal law squares deviation and distance first, which leave the range of the format.

For N(0, 1e-30) at 0 in float32 it is 0/0, for N(0, 1e25) at 1e25 inf/inf; the exact values are finite.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch
from torch.distributions import Normal

POINTS = ((0.0, 1e-30), (1e25, 1e25))


def observed() -> list[float]:
    """The log density of N(0, s^2) at x by torch."""
    return [float(Normal(torch.tensor(0.0), torch.tensor(s)).log_prob(torch.tensor(x))) for x, s in POINTS]


def exact() -> list[float]:
    """-(x/s)^2/2 - log s - log(2 pi)/2, to the accuracy of float64."""
    return [-((x / s) ** 2) / 2 - math.log(s) - math.log(2 * math.pi) / 2 for x, s in POINTS]


def departs() -> bool:
    """Whether one of the two is not a number."""
    return any(math.isnan(v) for v in observed())


if __name__ == "__main__":
    print("observed", observed())
    print("exact", exact())
    print("departs", departs())

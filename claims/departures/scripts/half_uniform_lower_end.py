"""bfloat16 and float16 on the CPU: uniform_(-1, 1) has an atom at -1 and a negative mean.

The sampler computes in float32, rounds to the nearest half number, and relabels a result equal to the upper end as
the lower end. The mass of half a rounding interval moves from 1 to -1: P(X = -1) = 2^-9 in bfloat16 instead of 2^-10,
and E X = -2^-9 instead of 0 (2^-12, 2^-13 and -2^-12 in float16). With uniform_(2, 3) the mean is 2.492.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

DRAWS = 1 << 24


def sample(lower: float, upper: float, dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(DRAWS, dtype=dtype).uniform_(lower, upper, generator=torch.Generator().manual_seed(0))


def observed() -> float:
    """The mean of uniform_(-1, 1) in bfloat16; its standard deviation is 0.00014."""
    return float(sample(-1, 1, torch.bfloat16).double().mean())


def atom() -> float:
    """How often it is -1."""
    return float((sample(-1, 1, torch.bfloat16) == -1).double().mean())


def exact() -> float:
    """The mean of the uniform law."""
    return 0.0


def departs() -> bool:
    """Whether the mean is more than six standard deviations from that of the law."""
    return abs(observed() - exact()) > 6 / math.sqrt(3 * DRAWS)


if __name__ == "__main__":
    print("observed: mean of uniform_(-1, 1) in bfloat16", observed(), "predicted", -(2.0**-9))
    print("exact:                                       ", exact())
    print("P(X = -1) in bfloat16", atom(), "predicted", 2.0**-9, "without relabelling", 2.0**-10)
    print(
        "mean of uniform_(-1, 1) in float16",
        float(sample(-1, 1, torch.float16).double().mean()),
        "predicted",
        -(2.0**-12),
    )
    print("mean of uniform_(2, 3) in bfloat16", float(sample(2, 3, torch.bfloat16).double().mean()), "exact", 2.5)
    print("departs" if departs() else "does not depart")

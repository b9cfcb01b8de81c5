"""CPU: sinh and cosh of 16 numbers side by side overflow where exp does, of one number they do not.

sinh(89) = exp(89) / 2 = 2.24e38 is a number of float32. The vector loop halves after the exponential,
which overflows above 88.73.

Kind: bug
Seen: 2.11 to 2.13
Mended: 2.14
Upstream: https://github.com/pytorch/pytorch/issues/48641
"""

from __future__ import annotations

import math

import torch

X = 89.0


def observed() -> float:
    """sinh(89) in float32, among 64 numbers."""
    return float(torch.sinh(torch.full((64,), X))[0])


def exact() -> float:
    """sinh(89)."""
    return math.sinh(X)


def departs() -> bool:
    """Whether it is infinite."""
    return math.isinf(observed())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

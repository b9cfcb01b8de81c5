"""Forward mode of logcumsumexp adds 1e-13 to sums of exponentials, which it scales by the largest of all entries.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196705
"""

from __future__ import annotations

import torch

X = torch.tensor([-40.0, 0.0], dtype=torch.float64)


def observed() -> float:
    """The derivative of the first entry of the result by the first of x."""
    direction = torch.tensor([1.0, 0.0], dtype=torch.float64)
    return float(torch.func.jvp(lambda x: torch.logcumsumexp(x, 0), (X,), (direction,))[1][0])


def exact() -> float:
    """The first entry of the result is the first entry of x."""
    return 1.0


def departs() -> bool:
    """Whether the derivative is off by more than 0.01."""
    return abs(observed() - exact()) > 0.01


if __name__ == "__main__":
    print("jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

"""The backward pass of logcumsumexp, differentiated by reverse mode again, is NaN at a cotangent 0: it takes log|0|.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch
from torch.autograd.functional import jvp

X = torch.tensor([1.0, 2.0], dtype=torch.float64)


def observed() -> list[float]:
    """The derivative along (1, 1), by reverse mode of reverse mode at a cotangent 0."""
    found: list[float] = jvp(lambda x: torch.logcumsumexp(x, 0), X, torch.ones_like(X))[1].tolist()
    return found


def exact() -> list[float]:
    """Adding t to every entry adds t to every result."""
    return [1.0, 1.0]


def departs() -> bool:
    """Whether a derivative is NaN, or off by more than 0.01."""
    return not all(abs(a - b) <= 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("autograd.functional.jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

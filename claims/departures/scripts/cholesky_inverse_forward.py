"""Forward mode of cholesky_inverse multiplies matrices in the wrong order.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196682
"""

from __future__ import annotations

import torch

L = torch.tensor([[1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
U = torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=torch.float64)


def observed() -> float:
    return float(torch.func.jvp(torch.cholesky_inverse, (L,), (U,))[1][0, 0])


def exact() -> float:
    """The first entry of (L L^T)^-1 is 2 / s^2 for L = [[s, 0], [1, 1]]."""
    return -4.0


def departs() -> bool:
    """Whether the derivative is off by more than 0.01."""
    return abs(observed() - exact()) > 0.01


if __name__ == "__main__":
    print("jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

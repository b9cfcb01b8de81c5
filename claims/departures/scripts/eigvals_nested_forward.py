"""The third derivative of eigvals by torch.func.jvp three times is wrong, of real eigenvalues well apart.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jvp

A = torch.tensor([[3.0, 1.0], [0.5, 1.0]], dtype=torch.float64)
U = torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=torch.float64)


def largest(a: Tensor) -> Tensor:
    """The larger of two real eigenvalues."""
    value: Tensor = torch.linalg.eigvals(a).real.max()
    return value


def observed() -> float:
    def first(a: Tensor) -> Tensor:
        derivative: Tensor = jvp(largest, (a,), (U,))[1]
        return derivative

    def second(a: Tensor) -> Tensor:
        derivative: Tensor = jvp(first, (a,), (U,))[1]
        return derivative

    third: Tensor = jvp(second, (A,), (U,))[1]
    return third.item()


def exact() -> float:
    """Of 2 + h + sqrt(h^2 + 1/2) with h = 1 + t/2 at t = 0: -3/16 h (h^2 + 1/2)^(-5/2)."""
    return float(-3 / 16 * 1.5**-2.5)


def departs() -> bool:
    """Whether the third derivative is off by more than 0.001."""
    return not abs(observed() - exact()) <= 0.001


if __name__ == "__main__":
    print("jvp of jvp of jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

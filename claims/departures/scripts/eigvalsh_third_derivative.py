"""Third derivatives of eigvalsh are NaN by torch.func.grad of jvp, of eigenvalues well apart.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import grad, jvp

A = torch.tensor([[2.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
U = torch.tensor([[1.0, 0.0], [0.0, -1.0]], dtype=torch.float64)


def observed() -> float:
    def first(a: Tensor) -> Tensor:
        slope: Tensor = (grad(lambda z: torch.linalg.eigvalsh(z)[-1])(a) * U).sum()
        return slope

    def second(a: Tensor) -> Tensor:
        derivative: Tensor = jvp(first, (a,), (U,))[1]
        return derivative

    found: Tensor = (grad(second)(A) * U).sum()
    return found.item()


def exact() -> float:
    """1 + sqrt((1 + t)^2 + 1) has the third derivative -3 (1 + t) / ((1 + t)^2 + 1)^(5/2)."""
    return float(-3 / 2.0**2.5)


def departs() -> bool:
    """Whether the third derivative is NaN, or off by more than 0.01."""
    return not abs(observed() - exact()) <= 0.01


if __name__ == "__main__":
    print("grad of jvp of grad", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

"""Second derivatives of functions of eigenvectors are NaN by torch.func.grad of jvp, of eigenvalues well apart.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import grad, jvp

A = torch.tensor([[2.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
U = torch.tensor([[1.0, 0.0], [0.0, -1.0]], dtype=torch.float64)


def projector(a: Tensor) -> Tensor:
    """The first entry of the projector on the second eigenvector."""
    v: Tensor = torch.linalg.eigh(a).eigenvectors[0, 1]
    return v * v


def observed() -> float:
    def along(a: Tensor) -> Tensor:
        derivative: Tensor = jvp(projector, (a,), (U,))[1]
        return derivative

    slope: Tensor = (grad(along)(A) * U).sum()
    return slope.item()


def exact() -> float:
    """Of 1/2 + (1 + t) / sqrt((1 + t)^2 + 1) / 2: -3/2 (1 + t) / ((1 + t)^2 + 1)^(5/2)."""
    return float(-1.5 / 2.0**2.5)


def departs() -> bool:
    """Whether the second derivative is NaN, or off by more than 0.01."""
    return not abs(observed() - exact()) <= 0.01


if __name__ == "__main__":
    print("grad of jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

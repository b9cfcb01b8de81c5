"""vmap of the Hessian of lu_solve is wrong for all systems of a batch but the first: by matrix and right-hand side.

So are the Jacobians by either mode under vmap. Those of det, slogdet and solve are mended in 2.15.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import hessian, vmap

X = torch.tensor([1.0, 2.0, 3.0, 5.0, 1.0, 1.0], dtype=torch.float64)


def solution(x: Tensor) -> Tensor:
    """The first component of the solution for a matrix, its four entries first, and a right-hand side."""
    y: Tensor = torch.linalg.lu_solve(*torch.linalg.lu_factor(x[:4].view(2, 2)), x[4:, None])
    return y[0, 0]


def observed() -> list[float]:
    """The second derivatives by the first entry and another one, of the second of two different points."""
    batch = torch.stack([2 * X, X])
    row: list[float] = vmap(hessian(solution))(batch)[1, 0].tolist()
    return row


def exact() -> list[float]:
    row: list[float] = hessian(solution)(X)[0].tolist()
    return row


def departs() -> bool:
    """Whether a derivative is off by more than 0.01, or NaN."""
    return not all(abs(a - b) <= 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

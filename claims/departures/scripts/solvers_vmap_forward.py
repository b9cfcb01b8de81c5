"""Forward mode of det, slogdet and solve is wrong for all matrices of a batch but the first, under two vmaps.

So it is in vmap(jacfwd) and vmap(hessian), which batch matrices and directions.

Kind: bug
Seen: 2.11 to 2.14
Mended: 2.15
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jacfwd, vmap

A = torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=torch.float64)
B = torch.tensor([1.0, 1.0], dtype=torch.float64)


def solution(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a, B)
    return x


def observed() -> list[float]:
    """The derivatives of the first component for the second of two equal matrices."""
    batch = torch.stack([A, A])
    row: list[float] = vmap(jacfwd(solution))(batch)[1, 0].flatten().tolist()
    return row


def exact() -> list[float]:
    row: list[float] = jacfwd(solution)(A)[0].flatten().tolist()
    return row


def departs() -> bool:
    """Whether a derivative is off by more than 0.01, or NaN."""
    return not all(abs(a - b) <= 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("vmap(jacfwd)", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

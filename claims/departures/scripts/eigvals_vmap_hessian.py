"""vmap(hessian) of eigvals is wrong for all matrices of a batch but the first: its derivative solves a system.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import hessian, vmap

A = torch.tensor([[3.0, 1.0], [0.5, 1.0]], dtype=torch.float64)


def largest(a: Tensor) -> Tensor:
    """The larger of two real eigenvalues."""
    value: Tensor = torch.linalg.eigvals(a).real.max()
    return value


def observed() -> list[float]:
    """The first row of the Hessian, of the second of two equal matrices."""
    row: list[float] = vmap(hessian(largest))(torch.stack([A, A]))[1, 0, 0].flatten().tolist()
    return row


def exact() -> list[float]:
    """Of 2 + h + sqrt(h^2 + b c): h = (a - d) / 2 = 1, b = 1, c = 1/2; by a and a, b, c, d."""
    r = 1.5**1.5
    return [0.125 / r, -0.125 / r, -0.25 / r, -0.125 / r]


def departs() -> bool:
    """Whether a derivative is off by more than 0.01, or NaN."""
    return not all(abs(a - b) <= 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("vmap(hessian)", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

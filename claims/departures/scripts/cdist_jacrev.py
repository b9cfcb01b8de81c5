"""torch.func.jacrev of cdist is wrong: several cotangents at once are all taken for the first one.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jacrev

A = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
B = torch.tensor([[3.0, 1.0], [0.0, 5.0]], dtype=torch.float64)


def observed() -> list[float]:
    """The derivatives of both distances of A, to (3, 1) and (0, 5)."""

    def distances(a: Tensor) -> Tensor:
        return torch.cdist(a, B)

    entries: list[float] = jacrev(distances)(A).flatten().tolist()
    return entries


def exact() -> list[float]:
    """The unit vectors away from the points."""
    return [-1.0, 0.0, 0.0, -1.0]


def departs() -> bool:
    """Whether a derivative is off by more than 0.01."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("jacrev", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

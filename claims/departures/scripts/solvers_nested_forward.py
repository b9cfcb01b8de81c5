"""Second derivatives of det, slogdet and solve are wrong where the inner mode is forward: A^-1 is a constant to it.

Kind: bug
Seen: 2.11 to 2.14
Mended: 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196696
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jvp

A = torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=torch.float64)
U = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)


def observed() -> float:
    def along(a: Tensor) -> Tensor:
        derivative: Tensor = jvp(torch.linalg.det, (a,), (U,))[1]
        return derivative

    return float(jvp(along, (A,), (U,))[1])


def exact() -> float:
    """det(A + t U) = (1 + t)(5 + t) - 6."""
    return 2.0


def departs() -> bool:
    """Whether the second derivative is off by more than 0.01."""
    return abs(observed() - exact()) > 0.01


if __name__ == "__main__":
    print("jvp of jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

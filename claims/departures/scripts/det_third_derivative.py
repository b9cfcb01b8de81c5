"""Third derivatives of det by torch.func are NaN with reverse mode in reverse mode innermost.

Those of torch.autograd.grad are right.
It goes through the singular values, which the transform differentiates although the matrix is regular.

Kind: bug
Seen: 2.11 to 2.14
Mended: 2.15
Upstream: https://github.com/pytorch/pytorch/issues/192521
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import grad

A = torch.tensor([[2.0, 0.5, 0.0], [0.0, 2.0, 0.5], [0.5, 0.0, 2.0]], dtype=torch.float64)
U = torch.eye(3, dtype=torch.float64)


def observed() -> float:
    def first(a: Tensor) -> Tensor:
        slope: Tensor = (grad(torch.linalg.det)(a) * U).sum()
        return slope

    def second(a: Tensor) -> Tensor:
        slope: Tensor = (grad(first)(a) * U).sum()
        return slope

    found: Tensor = (grad(second)(A) * U).sum()
    return found.item()


def exact() -> float:
    """det(A + t 1) has the leading term t^3."""
    return 6.0


def departs() -> bool:
    """Whether the third derivative is NaN, or off by more than 0.01."""
    return not abs(observed() - exact()) <= 0.01


if __name__ == "__main__":
    print("grad of grad of grad", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

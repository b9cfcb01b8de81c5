"""torch.linalg.lstsq on CPU (default driver gelsy) gives a wrong solution for all but the first matrix of a batch.

Kind: bug
Seen: 2.11 to 2.13
Mended: 2.14
Upstream: https://github.com/pytorch/pytorch/issues/187411
"""

from __future__ import annotations

import torch

A = torch.tensor([[[1.0, 2.0, 3.0]], [[0.0, 3.0, 4.0]]])
y = torch.tensor([[[1.0]], [[10.0]]])


def observed() -> torch.Tensor:
    """The second solution; LAPACK's ?gelsy gets JPVT as the first matrix left it, instead of zeros."""
    x: torch.Tensor = torch.linalg.lstsq(A, y, driver="gelsy").solution
    return x[1, :, 0]


def exact() -> torch.Tensor:
    """The shortest x with 3 x_2 + 4 x_3 = 10 is 10 (0, 3, 4) / 25."""
    return torch.tensor([0.0, 1.2, 1.6])


def departs() -> bool:
    """Whether the observed solution is farther from the exact one than any rounding explains."""
    return bool((observed() - exact()).norm() > 1e-3)


if __name__ == "__main__":
    print("observed", observed().tolist())
    print("exact   ", exact().tolist())

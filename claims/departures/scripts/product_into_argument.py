"""CPU: torch.mm(a, b, out=a) makes zeros of a, and so do addmm, mv, multi_dot and matrix_power.

Where other operations write into their arguments they are right, or raise an error about the memory that they share.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/85852
"""

from __future__ import annotations

import torch


def observed() -> list[list[float]]:
    a, b = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    found: list[list[float]] = torch.mm(a, b, out=a).tolist()
    return found


def exact() -> list[list[float]]:
    return [[2.0, 1.0], [4.0, 3.0]]


def departs() -> bool:
    """Whether there is another result."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

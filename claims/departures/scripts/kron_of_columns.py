"""torch.kron raises RuntimeError if its second matrix is stored by columns.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/54135
"""

from __future__ import annotations

import torch

A = torch.tensor([[1.0, 2.0]])
B = torch.tensor([[1.0, 3.0], [2.0, 4.0]]).T


def observed() -> str:
    """The product, or what torch says instead."""
    try:
        return str(torch.kron(A, B).tolist())
    except RuntimeError as error:
        return f"RuntimeError: {error}"


def exact() -> str:
    """The block matrix (B, 2 B); torch.kron(A, B.contiguous()) gives it."""
    return str([[1.0, 2.0, 2.0, 4.0], [3.0, 4.0, 6.0, 8.0]])


def departs() -> bool:
    """Whether there is another result than the product."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())

"""torch.cov with weights, of a single observation: the argument is overwritten with zeros, wherever it is stored.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> torch.Tensor:
    """A matrix after the covariance of its first column was taken."""
    x = torch.tensor([[2.0, 5.0], [3.0, 7.0]])
    torch.cov(x[:, :1], correction=0, fweights=torch.tensor([2]))
    return x


def exact() -> torch.Tensor:
    """The same matrix."""
    return torch.tensor([[2.0, 5.0], [3.0, 7.0]])


def departs() -> bool:
    """Whether the matrix has changed."""
    return not torch.equal(observed(), exact())


if __name__ == "__main__":
    print("observed", observed().tolist())
    print("exact   ", exact().tolist())
    print("departs" if departs() else "does not depart")

"""With include_self=False the number in `self` has no part in the maximum, but takes part of its gradient if equal.

So it is with index_reduce, and with minima.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    """The gradient of the maximum of (1, 1, 0), scattered over a 1 that is left out."""
    x = torch.tensor([1.0, 1.0, 0.0], requires_grad=True)
    index = torch.zeros(3, dtype=torch.int64)
    y = torch.tensor([1.0]).scatter_reduce(0, index, x, "amax", include_self=False)
    return list(torch.autograd.grad(y, x)[0].tolist())


def exact() -> list[float]:
    """The same with another number left out."""
    x = torch.tensor([1.0, 1.0, 0.0], requires_grad=True)
    index = torch.zeros(3, dtype=torch.int64)
    y = torch.tensor([0.5]).scatter_reduce(0, index, x, "amax", include_self=False)
    return list(torch.autograd.grad(y, x)[0].tolist())


def departs() -> bool:
    """Whether the number that is left out matters."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

"""softshrink with lambda = 0 is the identity, but its gradient at 0 is 0.

The backward pass takes every number of [-lambda, lambda] for one that is set to 0. It is the same with hardshrink
(pytorch issue 80803).

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    """The derivative at 0 in float64."""
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.softshrink(x, 0.0).sum().backward()
    assert x.grad is not None
    return float(x.grad)


def exact() -> float:
    """The slope of the identity."""
    return 1.0


def departs() -> bool:
    """Whether they differ."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

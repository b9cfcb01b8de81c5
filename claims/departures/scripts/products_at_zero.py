"""Derivatives of prod and cumprod by forward mode are wrong, or NaN, when differentiated again at a factor 0.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196701
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import jvp

X = torch.tensor([0.0, 2.0, 3.0], dtype=torch.float64)
U = torch.tensor([1.0, 1.0, 1.0], dtype=torch.float64)


def observed() -> float:
    def along(x: Tensor) -> Tensor:
        derivative: Tensor = jvp(lambda z: torch.cumprod(z, 0)[-1], (x,), (U,))[1]
        return derivative

    return float(jvp(along, (X,), (U,))[1])


def exact() -> float:
    """(0 + t)(2 + t)(3 + t) has the second derivative 2 (2 + 3) at 0."""
    return 10.0


def departs() -> bool:
    """Whether the second derivative is NaN, or off by more than 0.01."""
    return not abs(observed() - exact()) <= 0.01


if __name__ == "__main__":
    print("jvp of jvp", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

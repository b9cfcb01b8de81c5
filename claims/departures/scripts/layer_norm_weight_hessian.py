"""torch.func.hessian of layer_norm by input and weight is wrong, and not symmetric.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import hessian

Z = torch.tensor([0.0, 1.0, 3.0, 1.0, 2.0, 3.0], dtype=torch.float64)


def fused(z: Tensor) -> Tensor:
    """The first result for the input z[:3] and the weight z[3:]."""
    return torch.nn.functional.layer_norm(z[:3], (3,), z[3:], None, 1.0)[0]


def observed() -> list[float]:
    """Derivatives of the slope by the first weight along the input."""
    row: list[float] = hessian(fused)(Z)[3, :3].tolist()
    return row


def exact() -> list[float]:
    """Those of d_1 / sqrt(mean(d^2) + 1) with d = x - mean(x) = (-4, -1, 5) / 3: v = 14/9, s = (23/9)^(1/2)."""
    s = (23 / 9) ** 0.5
    d = (-4 / 3, -1 / 3, 5 / 3)
    return [((1.0 if i == 0 else 0.0) - 1 / 3) / s - d[0] * d[i] / 3 / s**3 for i in range(3)]


def departs() -> bool:
    """Whether a second derivative is off by more than 0.01."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("hessian", observed())
    print("its transpose", hessian(fused)(Z)[:3, 3].tolist())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

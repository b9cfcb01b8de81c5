"""Second derivatives of logaddexp are NaN where one number is far above the other: exp overflows on the way.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196704
"""

from __future__ import annotations

import torch


def observed() -> float:
    x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.logaddexp(x, torch.tensor(800.0, dtype=torch.float64)), x, create_graph=True)
    return float(torch.autograd.grad(slope, x)[0])


def exact() -> float:
    """s (1 - s) for the share s = 1 / (1 + exp 800), which underflows."""
    return 0.0


def departs() -> bool:
    """Whether the second derivative is NaN, or off by more than 0.01."""
    return not abs(observed() - exact()) <= 0.01


if __name__ == "__main__":
    print("grad of grad", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

"""The second derivative of 0^t by t is NaN, where the function is 0 for all t > 0.

The first is 0; the second multiplies it by the logarithm of 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    t = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.pow(torch.tensor(0.0, dtype=torch.float64), t), t, create_graph=True)
    return float(torch.autograd.grad(slope, t)[0])


def exact() -> float:
    return 0.0


def departs() -> bool:
    """Whether it is another number, or none."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

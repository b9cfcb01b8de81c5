"""Second derivatives of binary_cross_entropy divide by x (1 - x) + 1e-12: an error of 2.6e-12 at x = 1/2 in float64.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X, Y = 0.5, 0.25


def observed() -> float:
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy(x, torch.tensor(Y, dtype=torch.float64))
    (slope,) = torch.autograd.grad(loss, x, create_graph=True)
    return float(torch.autograd.grad(slope, x)[0])


def exact() -> float:
    """y / x^2 + (1 - y) / (1 - x)^2."""
    return Y / X**2 + (1 - Y) / (1 - X) ** 2


def departs() -> bool:
    """Whether the second derivative is off by more than 1000 units in the last place."""
    return abs(observed() - exact()) > 1000 * 2.0**-52 * exact()


if __name__ == "__main__":
    print("grad of grad", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

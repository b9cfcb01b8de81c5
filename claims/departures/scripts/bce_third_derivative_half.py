"""Third derivatives of binary_cross_entropy in float16 are NaN within 0.06 of 0 and 1: powers of x (1 - x) overflow.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X, Y = 0.03125, 0.25


def observed() -> float:
    x = torch.tensor(X, dtype=torch.float16, requires_grad=True)
    derivative = torch.nn.functional.binary_cross_entropy(x, torch.tensor(Y, dtype=torch.float16))
    for _ in range(3):
        (derivative,) = torch.autograd.grad(derivative, x, create_graph=True)
    return derivative.item()


def exact() -> float:
    """-2 y / x^3 + 2 (1 - y) / (1 - x)^3."""
    return -2 * Y / X**3 + 2 * (1 - Y) / (1 - X) ** 3


def departs() -> bool:
    """Whether the third derivative is NaN, or off by more than a hundredth."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("grad of grad of grad", observed())
    print("exact", exact())
    print("departs" if departs() else "does not depart")

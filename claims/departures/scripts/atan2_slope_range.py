"""The derivatives of atan2 are 0, infinite or NaN where the squares of its arguments underflow or overflow.

d/dy atan2(y, x) = x / (x^2 + y^2) is 5e24 at x = y = 1e-25 and 5e-21 at 1e20; torch returns 0 for both in float32. The
derivative of hypot is right there.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/pull/193130
"""

from __future__ import annotations

import torch

POINTS = (1e-25, 1e20)


def slope(value: float) -> float:
    y = torch.tensor(value, requires_grad=True)
    return float(torch.autograd.grad(torch.atan2(y, torch.tensor(value)), y)[0])


def observed() -> list[float]:
    """The derivatives at two points with equal coordinates, in float32."""
    return [slope(v) for v in POINTS]


def exact() -> list[float]:
    return [0.5 / v for v in POINTS]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(not abs(a - b) <= 0.01 * b for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

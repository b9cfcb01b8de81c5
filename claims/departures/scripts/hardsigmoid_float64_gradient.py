"""float64 on the CPU: the gradient of hardsigmoid is 1/6 rounded to float32.

Its relative error is 3e-8, where that of the function itself is a rounding of float64.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    """The derivative of hardsigmoid at 0 in float64."""
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.hardsigmoid(x).sum().backward()
    assert x.grad is not None
    return float(x.grad)


def exact() -> float:
    """The slope of (x + 3) / 6."""
    return 1 / 6


def departs() -> bool:
    """Whether it errs by more than four units roundoff."""
    return abs(observed() - exact()) > 4 * 2.0**-53 * exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

"""torch.pow(x, -2) is 1 / (x * x): 0 at 3e19 in float32, where 1.1e-39 is left.

With the exponent as a tensor the result is right.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = 3e19


def observed() -> float:
    return float(torch.pow(torch.tensor(X), -2))


def exact() -> float:
    return 1 / X**2


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

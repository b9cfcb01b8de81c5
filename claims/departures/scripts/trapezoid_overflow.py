"""torch.trapezoid of (3e38, 3e38) with the distance 0.5 is NaN in float32, not 1.5e38.

The sum overflows, and half of the ends, whose sum overflows as well, is subtracted from it.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    return float(torch.trapezoid(torch.tensor([3e38, 3e38]), dx=0.5))


def exact() -> float:
    return 1.5e38


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""lp_pool with ceil_mode: the norm of a window that hangs over the end is too large, that of (1) is 1.414.

torch multiplies the mean of the powers by the size of a whole window, but the mean is one over the places inside.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    y = torch.nn.functional.lp_pool1d(torch.ones(1, 1, 3), 2, 2, ceil_mode=True)
    return y.flatten().tolist()


def exact() -> list[float]:
    return [2**0.5, 1.0]


def departs() -> bool:
    """Whether a norm is off by more than a tenth."""
    return any(abs(a - b) > 0.1 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

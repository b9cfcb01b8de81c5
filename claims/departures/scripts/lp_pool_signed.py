"""lp_pool1d: the norm of order 1 of (-3, 4) is 1, that of (-3, -4) is -7, and that of order 1/2 of (-4, 9) is NaN.

torch takes powers of the numbers, not of their magnitudes: norms only for even orders, or where no number is negative.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/issues/184037
"""

from __future__ import annotations

import torch

CASES = ((1.0, (-3.0, 4.0)), (1.0, (-3.0, -4.0)), (0.5, (-4.0, 9.0)))


def observed() -> list[float]:
    return [float(torch.nn.functional.lp_pool1d(torch.tensor([[x]]), p, 2)) for p, x in CASES]


def exact() -> list[float]:
    return [7.0, 7.0, 25.0]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(not abs(a - b) <= 0.01 * b for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""adaptive_avg_pool3d on the CPU sums half types in the half type: the mean of 2048 ones in bfloat16 is 0.125.

The sum stops at 256 (2048 in float16), and overflows where the mean does not. adaptive_avg_pool2d sums in float32, and
so does adaptive_avg_pool3d for a single window.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/issues/140696
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    x = torch.ones(1, 1, 8, 8, 64, dtype=torch.bfloat16)
    return torch.nn.functional.adaptive_avg_pool3d(x, (1, 1, 2)).flatten().tolist()


def exact() -> list[float]:
    return [1.0, 1.0]


def departs() -> bool:
    """Whether a mean of ones is off by more than a half."""
    return any(abs(a - b) > 0.5 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""Gradients of pooling are summed in half types on the CPU: where 289 windows meet, a place has 256 in bfloat16.

In float16 the sum stops at 2048. The forward pass of average pooling sums in float32.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> list[float]:
    """Of the place in the middle: max pooling, average pooling with the divisor 1."""
    found = []
    for pool in ("max_pool2d", "avg_pool2d"):
        x = torch.zeros(1, 1, 33, 33, dtype=torch.bfloat16)
        x[..., 16, 16] = 1
        x.requires_grad_()
        options = {"divisor_override": 1} if pool == "avg_pool2d" else {}
        y = getattr(torch.nn.functional, pool)(x, 17, 1, **options)
        (gradient,) = torch.autograd.grad(y.sum(), x)
        found.append(float(gradient[0, 0, 16, 16]))
    return found


def exact() -> list[float]:
    """289 to the precision of bfloat16."""
    return [float(torch.tensor(289.0).bfloat16())] * 2


def departs() -> bool:
    """Whether one of them is off by more than 16."""
    return any(abs(a - b) > 16 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

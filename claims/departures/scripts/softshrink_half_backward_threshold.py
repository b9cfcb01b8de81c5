"""Half types: the backward pass of softshrink rounds its threshold, on the CPU unlike the forward pass.

x = 0.7 rounded to float16 exceeds 0.7, so that softshrink(x, 0.7) is about 1.95e-4 and has the slope 1. The backward
pass rounds lambda to float16, finds x not beyond it, and returns 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

LAMBDA = 0.7


def observed() -> tuple[float, float]:
    """softshrink(x, 0.7) and its derivative in float16, for x = 0.7 rounded."""
    x = torch.tensor([LAMBDA], dtype=torch.float16, requires_grad=True)
    y = torch.nn.functional.softshrink(x, LAMBDA)
    y.sum().backward()
    assert x.grad is not None
    return float(y.detach()), float(x.grad)


def exact() -> tuple[float, float]:
    """x - 0.7 and 1."""
    return float(torch.tensor(LAMBDA, dtype=torch.float16)) - LAMBDA, 1.0


def departs() -> bool:
    """Whether x has no slope, though it is beyond the threshold."""
    return observed()[1] == 0


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

"""The derivatives of asinh and acosh are 0 where the square of the argument overflows, though 1/x is a number.

asinh'(x) = 1 / sqrt(1 + x^2) is 1e-20 at 1e20 in float32; torch takes the square first. In float64 it is 0 from 1.4e154
on, in float16 from 256 on. The derivative of atan, 1 / (1 + x^2), is 0 there as well, where it is subnormal.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 1e20


def observed() -> float:
    """asinh'(1e20) in float32."""
    x = torch.tensor(X, requires_grad=True)
    return float(torch.autograd.grad(torch.asinh(x), x)[0])


def exact() -> float:
    return 1 / math.hypot(1, X)


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

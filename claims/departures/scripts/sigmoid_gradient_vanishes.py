"""The gradient of the sigmoid is exactly 0 from 16.64 on in float32, where 6e-8 is left; at -16.64 it is right.

It is computed as y (1 - y) from the rounded y = sigma(z), which is 1 there. The same holds of tanh from 9.0 on, at both
ends. The gradient of the logarithm of the sigmoid does not vanish so.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 17.0


def gradient(x: float, dtype: torch.dtype = torch.float32) -> float:
    """sigma'(x) by reverse mode."""
    leaf = torch.tensor([x], dtype=dtype, requires_grad=True)
    (found,) = torch.autograd.grad(torch.sigmoid(leaf).sum(), leaf)
    return float(found)


def observed() -> tuple[float, float]:
    """The gradients at 17 and at -17 in float32."""
    return gradient(X), gradient(-X)


def exact() -> float:
    """e / (1 + e)^2, e = exp(-17), at both."""
    e = math.exp(-X)
    return e / (1 + e) ** 2


def departs() -> bool:
    """Whether it is 0 at 17."""
    return observed()[0] == 0


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    for name, step in (("float64", 1 / 64), ("float32", 1 / 64), ("bfloat16", 1 / 16), ("float16", 1 / 64)):
        dtype = getattr(torch, name)
        ends = [next(k for k in range(1, 1 << 16) if gradient(sign * k * step, dtype) == 0) for sign in (1, -1)]
        print(f"{name}: 0 from {ends[0] * step} on, and from {-ends[1] * step} down")
    print("departs" if departs() else "does not depart")

"""GELU of negative numbers subtracts nearly equal ones: in float32 at -5.5 it is off by more than half of its value.

1 + erf(x / sqrt(2)) cancels; erfc(-x / sqrt(2)) does not. From -6 on, where 1 + erf is 0, so is GELU. GELU by tanh and
`torch.special.ndtr` cancel as well; in float16 and bfloat16 fewer digits are lost, but the tail vanishes.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/187806
"""

from __future__ import annotations

import math

import torch

X = -5.5


def observed() -> float:
    """GELU(-5.5) in float32."""
    return float(torch.nn.functional.gelu(torch.tensor([X])))


def exact() -> float:
    """x erfc(-x / sqrt(2)) / 2."""
    return X * math.erfc(-X / math.sqrt(2)) / 2


def departs() -> bool:
    """Whether it errs by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

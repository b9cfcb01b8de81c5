"""The sigmoid is 0 once exp(-x) overflows: in float32 below -88.73, in float64 below -709.78, though it is a number.

1 / (1 + exp(-x)) divides by infinity; exp(x) / (1 + exp(x)) is exp(x) there, 2.2e-39 at -89, a subnormal number. SiLU,
x / (1 + exp(-x)), does the same, where its values are normal numbers still, as is its
slope; F.glu of (1e38, -89) is 0, not 0.22.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = -89.0


def observed() -> float:
    """sigma(-89) in float32."""
    return float(torch.sigmoid(torch.tensor([X])))


def exact() -> float:
    """exp(-89), to 38 digits."""
    return math.exp(X)


def departs() -> bool:
    """Whether it is 0."""
    return observed() == 0


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

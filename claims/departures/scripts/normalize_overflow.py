"""F.normalize and torch.renorm turn (1e20, 1e20) into zeros in float32: the norm overflows.

A vector divided by its norm has the norm 1.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> list[list[float]]:
    x = torch.full((1, 2), 1e20)
    return [torch.nn.functional.normalize(x)[0].tolist(), torch.renorm(x, 2, 0, 1.0)[0].tolist()]


def exact() -> list[list[float]]:
    return [[math.sqrt(0.5)] * 2] * 2


def departs() -> bool:
    """Whether a component is off by more than 0.01."""
    return any(not abs(v - math.sqrt(0.5)) <= 0.01 for row in observed() for v in row)


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

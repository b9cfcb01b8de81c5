"""The sign of NaN is 0, and so is its Heaviside step.

torch.sign, torch.sgn and torch.heaviside compare, and every comparison with NaN is false.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/41245
"""

from __future__ import annotations

import math

import torch


def observed() -> list[float]:
    x = torch.tensor(math.nan)
    return [float(torch.sign(x)), float(torch.sgn(x)), float(torch.heaviside(x, torch.tensor(0.5)))]


def exact() -> list[float]:
    return [math.nan] * 3


def departs() -> bool:
    """Whether one of them is a number."""
    return not all(map(math.isnan, observed()))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

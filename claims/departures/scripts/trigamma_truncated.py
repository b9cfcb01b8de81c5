"""polygamma(1, 1) in float64 has ten digits only: the terms of Stirling's series after the third one are left out.

They are below an ulp of float32 at 6 and beyond, where the series is taken, but not below one of float64.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    """polygamma(1, 1) in float64."""
    return float(torch.polygamma(1, torch.ones(1, dtype=torch.float64)))


def exact() -> float:
    """pi^2 / 6."""
    return math.pi**2 / 6


def departs() -> bool:
    """Whether it is wrong by more than 1e-12."""
    return abs(observed() - exact()) > 1e-12


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")

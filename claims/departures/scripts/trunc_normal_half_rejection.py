"""trunc_normal_ in half types, few normal draws inside the ends: uniform draws are accepted in the stored type.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

DRAWS = 1 << 18


def observed() -> float:
    """The mean of draws from N(3, 1) given [-2, 2] in bfloat16."""
    torch.manual_seed(0)
    x = torch.nn.init.trunc_normal_(torch.empty(DRAWS, dtype=torch.bfloat16), mean=3.0, std=1.0, a=-2.0, b=2.0)
    return float(x.double().mean())


def exact() -> float:
    """mu + sigma (phi(alpha) - phi(beta)) / (Phi(beta) - Phi(alpha)), alpha = -5, beta = -1."""
    density = [math.exp(-(t**2) / 2) / math.sqrt(2 * math.pi) for t in (-5.0, -1.0)]
    mass = [math.erfc(-t / math.sqrt(2)) / 2 for t in (-5.0, -1.0)]
    return 3 + (density[0] - density[1]) / (mass[1] - mass[0])


def departs() -> bool:
    """Whether the mean is off by more than a hundredth, 11 standard deviations of it."""
    return abs(observed() - exact()) > 0.01


if __name__ == "__main__":
    print(f"mean of {DRAWS} bfloat16 draws of N(3, 1) in [-2, 2]: {observed():.4f}, exact {exact():.4f}")

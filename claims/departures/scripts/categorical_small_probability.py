"""kl_divergence of Categorical(probs) clips probabilities to [2u, 1 - 2u] before it takes logarithms.

So the divergence of (1/2, 1/2) from (1, 1e-30) is 7.3 in float32, not 33.8; from (1, 0) it is infinite, as it must be.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

SMALL = 1e-30


def observed() -> float:
    p, q = (torch.distributions.Categorical(probs=torch.tensor(w)) for w in ([0.5, 0.5], [1.0, SMALL]))
    return float(torch.distributions.kl_divergence(p, q))


def exact() -> float:
    return -math.log(2) - math.log(SMALL) / 2


def departs() -> bool:
    """Whether the value misses the exact one by more than 1 %."""
    return not abs(observed() - exact()) <= 0.01 * exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

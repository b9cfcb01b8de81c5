"""float32 on the CPU: torch.bernoulli with the probability 2^-40 succeeds as with 2^-24, 65536 times too often.

A uniform number of 24 bits is compared with the probability: P(U < p) is p rounded up to a multiple of 2^-24.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

P, DRAWS = 2.0**-40, 1 << 26


def observed() -> float:
    p = torch.full((DRAWS,), P)
    return int(torch.bernoulli(p, generator=torch.Generator().manual_seed(0)).sum())


def exact() -> float:
    """The expected number of successes; one or more have about this probability, 6e-5."""
    return P * DRAWS


def departs() -> bool:
    """Whether there is a success."""
    return observed() >= 1


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

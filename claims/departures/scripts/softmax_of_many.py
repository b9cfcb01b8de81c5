"""float32 on the CPU: softmax of 2^25 equal numbers along the first of two axes sums to 2.

The sum of exponentials stops at 2^24, to which adding 1 changes nothing; log_softmax is -16.6, not -17.3. Along the
last axis, and by logsumexp, it is right.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

N = 1 << 25


def observed() -> float:
    return N * float(torch.softmax(torch.zeros(N, 1), 0)[0])


def exact() -> float:
    """The sum of the probabilities, which are equal."""
    return 1.0


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

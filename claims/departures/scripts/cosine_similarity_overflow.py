"""The cosine similarity of (1e20, 1e20) with itself is 0 in float32, not 1.

The norms overflow, and what is divided by infinity is 0. The documented lower end eps of norms has no upper one.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/51912
"""

from __future__ import annotations

import torch


def observed() -> float:
    x = torch.full((1, 2), 1e20)
    return float(torch.nn.functional.cosine_similarity(x, x))


def exact() -> float:
    return 1.0


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

"""torch.renorm adds 1e-7 to the norm: a row of norm 1e-8 gets the norm 9e-11 where at most 1e-9 is asked.

It multiplies by maxnorm / (norm + 1e-7), which matters for norms that are not far above 1e-7. The documentation does
not mention it.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

SIZE, MOST = 1e-8, 1e-9


def observed() -> float:
    return float(torch.renorm(torch.tensor([[SIZE]], dtype=torch.float64), 2, 0, MOST))


def exact() -> float:
    return MOST


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")

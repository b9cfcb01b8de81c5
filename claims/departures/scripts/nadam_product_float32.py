"""NAdam in float64 is accurate to float32 only: it keeps its product of momenta in float32.

The first step of NAdam on g = 1 is lr (1 + b2 (1 - beta) / (1 - b1 b2)) / (1 + eps),
where b_t = beta (1 - 0.96^(t psi) / 2).
The state mu_product has torch's default dtype, whatever that of the parameters.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

LR, BETA, PSI, EPS = 0.125, 0.5, 0.004, 2.0**-8


def observed() -> float:
    """The first step in float64."""
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.NAdam([w], lr=LR, betas=(BETA, 0.75), eps=EPS, momentum_decay=PSI)
    w.grad = torch.ones_like(w)
    optimizer.step()
    return -w.item()


def exact() -> float:
    """The same in Python's numbers."""
    first, second = (BETA * (1 - 0.5 * 0.96 ** (t * PSI)) for t in (1, 2))
    return float(LR * (1 + second * (1 - BETA) / (1 - first * second)) / (1 + EPS))


def departs() -> bool:
    return abs(observed() - exact()) > 1e-12


if __name__ == "__main__":
    print("first step of NAdam in float64", observed())
    print("exact                         ", exact())
    print("departs" if departs() else "does not depart")

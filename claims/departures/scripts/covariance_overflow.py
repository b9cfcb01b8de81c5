"""torch.cov of float16 numbers whose sum is beyond 65504 is NaN, where torch.var is right.

torch.corrcoef goes by the covariance: where the squares of one variable overflow or underflow it gives 0 or 1, and NaN
where those of both do.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = torch.tensor([30000.0, 30016.0, 30032.0, 30048.0], dtype=torch.float16)
Y = torch.tensor([[0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 1.0, 4.0, 3.0]])


def observed() -> float:
    return float(torch.cov(X, correction=0))


def observed_correlations() -> list[float]:
    return [float(torch.corrcoef(Y * torch.tensor([[s], [1.0]]))[0, 1]) for s in (1e20, 1e-25)]


def exact() -> float:
    return 320.0


def departs() -> bool:
    """Whether the variance of 30000, 30016, 30032 and 30048 is not 320."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed    ", observed())
    print("exact       ", exact())
    print("torch.var   ", float(X.var(correction=0)))
    print("correlations", observed_correlations(), "instead of 0.8")
    print("departs" if departs() else "does not depart")

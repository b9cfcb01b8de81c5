"""float64 on the CPU: torch.linalg.eig of a matrix of subnormal numbers returns an eigenvector of length 1e-16.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

A = torch.tensor([[1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64) * 2.0**-1023


def observed() -> torch.Tensor:
    lengths: torch.Tensor = torch.linalg.eig(A).eigenvectors.abs().square().sum(0).sqrt()
    return lengths


def exact() -> torch.Tensor:
    """Eigenvectors are normalised to length 1."""
    return torch.ones(2, dtype=torch.float64)


def departs() -> bool:
    """Whether a length is off by a tenth."""
    return bool((observed() - exact()).abs().max() > 0.1)


if __name__ == "__main__":
    print("observed", observed().tolist())
    print("exact   ", exact().tolist())
    print("departs" if departs() else "does not depart")

"""The gradient of torch.linalg.det at a singular matrix is zero instead of the transposed adjugate.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/104675
"""

from __future__ import annotations

import torch

A = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64)


def gradient(a: torch.Tensor) -> torch.Tensor:
    leaf = a.clone().requires_grad_()
    return torch.autograd.grad(torch.linalg.det(leaf), leaf)[0]


def observed() -> torch.Tensor:
    return gradient(A)


def nearby() -> torch.Tensor:
    """The gradient at a nonsingular matrix next to A."""
    return gradient(A + torch.tensor([[0.0, 0.0], [0.0, 1e-9]], dtype=torch.float64))


def exact() -> torch.Tensor:
    """adj(A)^T, from ((a, b), (c, d)) to ((d, -c), (-b, a))."""
    return torch.tensor([[4.0, -2.0], [-2.0, 1.0]], dtype=torch.float64)


def departs() -> bool:
    """Whether a component of the gradient is off by half a unit."""
    return bool((observed() - exact()).abs().max() > 0.5)


if __name__ == "__main__":
    print("at A     ", observed().tolist())
    print("next to A", nearby().tolist())
    print("adj(A)^T ", exact().tolist())
    print("departs" if departs() else "does not depart")

"""Correct ways to a power of a matrix that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

POWER = ("matrix-power-eigendecomposition", "matrix-power-defective")
EIGENVECTORS = ("matrix-power-eigendecomposition",)


def _identity(w: Tensor) -> Tensor:
    return torch.eye(w.shape[-1], dtype=w.dtype, device=w.device).expand(w.shape).clone()


def one_factor_at_a_time(w: Tensor, t: int) -> Tensor:
    """From the left."""
    return functools.reduce(torch.matmul, [w] * t, _identity(w))


def binary_from_the_highest_bit(w: Tensor, t: int) -> Tensor:
    """Horner's scheme in the exponent: squares, and a product with W where the bit is set."""
    power = _identity(w)
    for bit in f"{t:b}":
        power = power @ power
        power = w @ power if bit == "1" else power
    return power


def powered_in_float64(w: Tensor, t: int) -> Tensor:
    """In float64, then rounded."""
    power: Tensor = torch.linalg.matrix_power(w.double(), t)
    return power.to(w.dtype)


def applied_power(w: Tensor, x: Tensor, t: int) -> Tensor:
    """Sums of products written out."""
    for _ in range(t):
        x = torch.einsum("...ij,...j->...i", w, x)
    return x.clone()


def scaled_from_the_other_side(v: Tensor, w: Tensor, inverse: Tensor, t: int) -> Tensor:
    """V (L^t V^-1)."""
    return v @ (w[..., None] ** t * inverse)


ALTERNATIVES = [
    *(
        (POWER, {"matrix_power": f}, f.__name__)
        for f in (one_factor_at_a_time, binary_from_the_highest_bit, powered_in_float64)
    ),
    (EIGENVECTORS, {"applied_repeatedly": applied_power}, "applied_power"),
    (EIGENVECTORS, {"synthesised_power": scaled_from_the_other_side}, "scaled_from_the_other_side"),
]

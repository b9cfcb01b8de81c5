"""Correct sums, maxima and derivatives that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

SUMS = ("l1-norm",)
SQUARES = ("squared-l2-gradient-separability",)
COUPLED = ("l2-gradient-coupling",)


def from_the_other_end(x: Tensor, dim: int) -> Tensor:
    """The last entry first."""
    return x.flip(dim).abs().sum(dim)


def magnitudes_in_float64(x: Tensor, dim: int) -> Tensor:
    """Wider than it need be."""
    return x.double().abs().sum(dim).to(x.dtype)


def maximum_by_sorting(x: Tensor, dim: int) -> Tensor:
    """The last of the sorted magnitudes."""
    return x.abs().sort(dim).values.select(dim, -1)


def squares_by_multiplication(x: Tensor, dim: int) -> Tensor:
    """Products in the accumulator's format."""
    wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    return (wide * wide).sum(dim).to(x.dtype)


def hessian_by_its_formula(x: Tensor) -> Tensor:
    """(I - v v^T) / ||x||."""
    norm = torch.linalg.vector_norm(x)
    v = x / norm
    return (torch.eye(len(x), dtype=x.dtype) - torch.outer(v, v)) / norm


ALTERNATIVES = [
    (SUMS, {"sum_of_magnitudes": from_the_other_end}, "from_the_other_end"),
    (SUMS, {"sum_of_magnitudes": magnitudes_in_float64}, "magnitudes_in_float64"),
    (("max-norm",), {"largest_magnitude": maximum_by_sorting}, "maximum_by_sorting"),
    (SQUARES, {"sum_of_squares": squares_by_multiplication}, "squares_by_multiplication"),
    (COUPLED, {"hessian_of_norm": hessian_by_its_formula}, "hessian_by_its_formula"),
]

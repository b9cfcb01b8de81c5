"""Correct squares, slopes and norms that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.linear_algebra_norm_family import squares_by_multiplication
from tests.alternatives.linear_algebra_norm_identities import spectral_by_eigenvalues
from tests.alternatives.linear_algebra_norms import (
    dot_in_float64,
    norm_from_the_other_end,
    norm_in_float64,
    scaled_norm,
)

GROWTH = ("squared-l2-growth-near-origin",)
SLOPE = ("l1-constant-slope",)
AXIOMS = ("norm-axioms-independence",)


def squares_from_the_other_end(x: Tensor, dim: int) -> Tensor:
    """The last entry first."""
    return x.flip(dim).square().sum(dim)


def squares_in_float64(x: Tensor, dim: int) -> Tensor:
    """No square underflows before the sum."""
    return x.double().square().sum(dim).to(x.dtype)


def huber_by_cases(x: Tensor) -> Tensor:
    """Half the square, or the magnitude less a half, in float64."""
    wide = x.double()
    return torch.where(wide.abs() < 1, wide.square() / 2, wide.abs() - 0.5).sum().to(x.dtype)


def huber_by_clamping(x: Tensor) -> Tensor:
    """c (|x| - c/2), c the magnitude clamped to 1."""
    clamped = x.abs().clamp(max=1).detach()
    return (clamped * x.abs() - clamped * clamped / 2).sum()


def magnitudes_by_both_sides(x: Tensor, dim: int) -> Tensor:
    """The positive part and that of -x, neither of which has a slope at 0."""
    return (x.relu() + (-x).relu()).sum(dim)


def sign_by_comparison(x: Tensor) -> Tensor:
    """1 above, -1 below."""
    return (x > 0).to(x.dtype) - (x < 0).to(x.dtype)


def magnitudes_as_a_loss(x: Tensor) -> Tensor:
    """Without a target."""
    return x.flip(0).abs().sum()


def zero_curvature(x: Tensor) -> Tensor:
    """What the Hessian is."""
    return x.new_zeros(len(x), len(x))


def sum_of_singular_values(a: Tensor, order: str | float, dtype: torch.dtype) -> Tensor:
    """The nuclear norm by its definition."""
    if order != "nuc":
        return spectral_by_eigenvalues(a, float(order), dtype)
    return torch.linalg.svdvals(a.to(dtype)).sum(-1)


def logsumexp_without_the_maximum(x: Tensor, dim: int) -> Tensor:
    """In float64, where nothing here overflows."""
    return x.double().exp().sum(dim).log().to(x.dtype)


ALTERNATIVES = [
    (GROWTH, {"sum_of_squares": squares_by_multiplication}, "products in the accumulator"),
    (
        GROWTH,
        {"sum_of_squares": squares_from_the_other_end, "product_with_itself": squares_from_the_other_end},
        "squares from the other end",
    ),
    (GROWTH, {"sum_of_second_powers": squares_in_float64, "dot": dot_in_float64}, "squares in float64"),
    (GROWTH, {"huber_loss": huber_by_cases, "smooth_l1_loss": huber_by_cases}, "losses by cases in float64"),
    (GROWTH, {"huber_loss": huber_by_clamping}, "losses by clamping"),
    (GROWTH, {"vector_norm": scaled_norm}, "scaled norms"),
    (SLOPE, {"sum_of_magnitudes": magnitudes_by_both_sides}, "magnitudes by both sides"),
    (SLOPE, {"sign": sign_by_comparison, "sgn": sign_by_comparison}, "signs by comparison"),
    (SLOPE, {"l1_loss": magnitudes_as_a_loss, "hessian_of_l1": zero_curvature}, "loss without a target"),
    (AXIOMS, {"vector_norm": scaled_norm}, "scaled norms at points"),
    (AXIOMS, {"vector_norm": norm_from_the_other_end}, "norms from the other end"),
    (AXIOMS, {"vector_norm": norm_in_float64, "logsumexp": logsumexp_without_the_maximum}, "norms in float64"),
    (AXIOMS, {"matrix_norm_in": sum_of_singular_values}, "singular values by eigenvalues"),
]

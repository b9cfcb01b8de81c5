"""Departures in derivatives at kinks."""

from __future__ import annotations

from claims import departure
from claims.autodiff.kinks import nondifferentiable_points_conventions
from claims.frame.inputs.kinks import Matrices, Pieces, Ties
from claims.frame.plan import CallPlan

EVERY = ("float16", "bfloat16", "float32", "float64")


@departure(
    nondifferentiable_points_conventions,
    summary="The derivative of hypot at (0, 0) is NaN, in both modes; that of the norm of order 2, the same function, "
    "is 0, a subgradient",
    operations=("of_vectors",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="hypot_gradient_at_zero",
)
def hypot_has_no_derivative_at_zero(plan: CallPlan, at: Pieces | Ties | Matrices) -> bool:
    """Every call, for (0, 0) is the only kink."""
    return at.name == "hypot"


@departure(
    nondifferentiable_points_conventions,
    summary="The slope of the square root at -0 is -infinity, and so is that of x^0.5; at 0 it is infinity",
    operations=("curve",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="sqrt_gradient_at_minus_zero",
)
def the_root_falls_at_minus_zero(plan: CallPlan, at: Pieces | Ties | Matrices) -> bool:
    """Roots at -0."""
    return at.name in ("sqrt at -0", "x^0.5 at -0")


@departure(
    nondifferentiable_points_conventions,
    summary="float64: the derivative of hardsigmoid is the float32 number nearest to 1/6",
    operations=("curve",),
    devices=("cpu",),
    dtypes=("float64",),
    script="hardsigmoid_float64_gradient",
)
def the_slope_of_hardsigmoid_has_single_precision(plan: CallPlan, at: Pieces | Ties | Matrices) -> bool:
    """Every call."""
    return at.name == "hardsigmoid"


@departure(
    nondifferentiable_points_conventions,
    summary="scatter_reduce (and index_reduce) of a maximum with include_self=False: a number that is left out takes "
    "its share of the gradient if it equals the maximum, and the rest does not sum to 1",
    operations=("of_vectors",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="scatter_reduce_excluded_share",
)
def what_is_excluded_takes_its_share(plan: CallPlan, at: Pieces | Ties | Matrices) -> bool:
    """Every call, for the number equals the maximum."""
    return at.name == "scatter_reduce, an equal number excluded"


@departure(
    nondifferentiable_points_conventions,
    summary="cdist and pdist of order infinity: where several differences have the largest magnitude each of them gets "
    "all of the gradient, which is no subgradient; that of vector_norm is shared",
    operations=("of_vectors",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="cdist_ties_of_order_infinity",
)
def every_largest_difference_gets_the_gradient(plan: CallPlan, at: Pieces | Ties | Matrices) -> bool:
    """Every call, for magnitudes tie."""
    return at.name in ("cdist inf", "pdist inf")

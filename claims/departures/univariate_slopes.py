"""Departures in derivatives of functions of one number."""

from __future__ import annotations

from claims import departure
from claims.autodiff.univariate import (
    adjoint_identity_of_univariate_functions,
    derivatives_of_univariate_functions_in_every_nesting,
)
from claims.frame.inputs.differentiated import Differentiated
from claims.frame.plan import CallPlan


@departure(
    adjoint_identity_of_univariate_functions,
    summary="float64: the derivative of hardsigmoid is the float32 number nearest to 1/6",
    operations=("hardsigmoid",),
    devices=("cpu",),
    dtypes=("float64",),
    script="hardsigmoid_float64_gradient",
)
def the_slope_of_hardsigmoid_is_rounded_twice(plan: CallPlan, point: Differentiated) -> bool:
    """Its first derivative; torch has no other."""
    return point.function == "hardsigmoid"


@departure(
    adjoint_identity_of_univariate_functions,
    summary="polygamma(1, x), the derivative of digamma, is accurate to 1e-9 in float64",
    operations=("digamma", "trigamma"),
    devices=("cpu",),
    dtypes=("float64",),
    script="trigamma_truncated",
)
def the_slope_of_digamma_is_short_of_terms(plan: CallPlan, point: Differentiated) -> bool:
    """Where the function or its derivative is trigamma."""
    return point.function in ("digamma", "trigamma")


@departure(
    derivatives_of_univariate_functions_in_every_nesting,
    summary="polygamma(1, x), the second derivative of lgamma, is accurate to 1e-9 in float64",
    operations=("lgamma",),
    devices=("cpu",),
    dtypes=("float64",),
    script="trigamma_truncated",
)
def the_curvature_of_lgamma_is_short_of_terms(plan: CallPlan, point: Differentiated) -> bool:
    """The second derivative."""
    return point.function == "lgamma" and point.order == 2

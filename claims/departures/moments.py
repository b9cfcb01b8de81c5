"""Where torch's moments leave the range of a dtype that holds them."""

from __future__ import annotations

from typing import Any

from claims import departure
from claims.frame.inputs.data_sets import Data
from claims.frame.inputs.finite_laws import FiniteLaw
from claims.frame.inputs.observations import Observations
from claims.frame.plan import CallPlan
from claims.probability.covariance import covariance_definition
from claims.probability.covariance_matrix import correlation_normalisation
from claims.probability.expectation import expectation_linearity
from claims.probability.variance import standard_deviation, variance_definition


@departure(
    expectation_linearity,
    summary="the mean of numbers near the largest of the dtype is infinite, because torch sums before it divides;"
    " float16, which accumulates in float32, is right",
    operations=("reduction",),
    devices=("cpu", "cuda"),
    dtypes=("bfloat16", "float32", "float64"),
    script="mean_overflow",
)
def mean_overflows_with_the_sum(plan: CallPlan, x: FiniteLaw | Data) -> bool:
    """Data whose sums overflow."""
    return isinstance(x, Data) and x.edge == "sums"


@departure(
    variance_definition,
    summary="the variance of float64 numbers near the root of the largest one is infinite where it is representable,"
    " because torch sums the squares before it divides; narrower dtypes, which accumulate in float64, are right",
    operations=("reduction", "var_mean"),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="variance_overflow",
)
def variance_overflows_with_the_squares(plan: CallPlan, x: FiniteLaw | Data) -> bool:
    """Data whose sums of squares overflow."""
    return isinstance(x, Data) and x.edge == "squares"


@departure(
    standard_deviation,
    summary="the standard deviation of float64 numbers is infinite or 0 where their squares overflow or underflow:"
    " of 1e200 and -1e200, and of 1e-200 and -1e-200; narrower dtypes are right",
    operations=("reduction", "std_mean"),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="deviation_overflow",
)
def deviation_leaves_the_range_with_the_squares(plan: CallPlan, x: Data) -> bool:
    """Data near both ends of the range."""
    return bool(x.edge) or x.numbers.scale in ("tiny", "huge", "subnormal")


@departure(
    standard_deviation,
    summary="the standard deviation of whole vectors of float32 numbers near the largest one is infinite: their mean"
    " overflows with their sum, whereas along one axis of several it is taken in float64",
    operations=("reduction",),
    devices=("cpu",),
    dtypes=("float32",),
    script="deviation_of_a_vector",
)
def deviation_of_a_vector_overflows_with_the_mean(plan: CallPlan, x: Data) -> bool:
    """Data whose sums overflow; whole rows are always among the calls."""
    return x.edge == "sums"


COVARIANCE: dict[str, Any] = {
    "summary": "covariances and correlations of numbers whose sums, or sums of products, overflow are infinite or NaN"
    " where they are representable: torch.cov stores both in the dtype, in float16 sums beyond 65504,"
    " where torch.var accumulates in a wider one",
    "devices": ("cpu", "cuda"),
    "dtypes": ("float16", "bfloat16", "float32", "float64"),
    "script": "covariance_overflow",
}


@departure(
    covariance_definition,
    operations=("cov", "cov_method", "covariance_with_repeats", "covariance_with_weights"),
    **COVARIANCE,
)
def covariance_overflows_with_the_sums(plan: CallPlan, sample: Observations) -> bool:
    """Samples whose sums, or sums of products, overflow."""
    return bool(sample.edge)


@departure(
    correlation_normalisation,
    operations=("corrcoef", "corrcoef_method", "correlation_by_deviations"),
    **COVARIANCE,
)
def correlation_leaves_the_range(plan: CallPlan, sample: Observations) -> bool:
    """The same samples, and those whose variances underflow or overflow: a correlation of 0.8 becomes 1, 0 or NaN."""
    return bool(sample.edge) or sample.numbers.scale in ("tiny", "huge")

"""Where torch's moments leave the range of a dtype that holds them."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.data_sets import Data
from claims.frame.inputs.finite_laws import FiniteLaw
from claims.frame.plan import CallPlan
from claims.probability.expectation import expectation_linearity


@departure(
    expectation_linearity,
    summary="the mean of numbers near the largest of the dtype is infinite, because torch sums before it divides;"
    " float16, which accumulates in float32, is right",
    operations=("reduction",),
    devices=("cpu", "cuda"),
    dtypes=("bfloat16", "float32", "float64"),
    versions="2.13.0",
    upstream="https://github.com/pytorch/pytorch/issues/44350",
    script="mean_overflow",
)
def mean_overflows_with_the_sum(plan: CallPlan, x: FiniteLaw | Data) -> bool:
    """Data whose sums overflow."""
    return isinstance(x, Data) and x.edge == "sums"

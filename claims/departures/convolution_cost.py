"""Departures in what convolutions are said to cost."""

from __future__ import annotations

from claims import departure
from claims.convolution.separable import separable_convolution_cost
from claims.frame.inputs.separable_kernels import Widths
from claims.frame.plan import CallPlan


@departure(
    separable_convolution_cost,
    summary="torch's FLOP counter counts the gradient of kernels of g groups g times too often: of three channels, two "
    "taps and four results 144 operations instead of 48",
    operations=("convolution_cost",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="flop_counter_grouped_gradient",
)
def gradients_of_grouped_kernels_are_counted_too_often(plan: CallPlan, given: Widths) -> bool:
    """Gradients of more than one channel."""
    return given.trained and given.channels > 1

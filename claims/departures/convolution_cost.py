"""Departures in what convolutions are said to cost."""

from __future__ import annotations

import functools

from claims import departure
from claims.convolution.separable import separable_convolution_cost
from claims.convolution.sizes import wider_kernel_increases_runtime
from claims.frame.inputs import convolution_sizes, separable_kernels
from claims.frame.plan import CallPlan

counted_too_often = functools.partial(
    departure,
    summary="torch's FLOP counter counts the gradient of kernels of g groups g times too often: of three channels, two "
    "taps and four results 144 operations instead of 48",
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="flop_counter_grouped_gradient",
)


@counted_too_often(separable_convolution_cost, operations=("convolution_cost",))
def gradients_of_grouped_kernels_are_counted_too_often(plan: CallPlan, given: separable_kernels.Widths) -> bool:
    """Gradients of more than one channel."""
    return given.trained and given.channels > 1


@counted_too_often(wider_kernel_increases_runtime, operations=("convolution_operations",))
def operations_of_grouped_gradients_are_counted_too_often(plan: CallPlan, given: convolution_sizes.Widths) -> bool:
    """Trials that count backward, in groups."""
    return given.backward and given.groups > 1

"""Departures in what convolutions cost."""

from __future__ import annotations

from claims import departure
from claims.convolution.sizes import (
    wider_kernel_increases_runtime,
)
from claims.frame.inputs.convolution_sizes import Widths
from claims.frame.plan import CallPlan


@departure(
    wider_kernel_increases_runtime,
    summary="torch's operation counter counts the gradient of a convolution in g groups by its weight g times",
    operations=("convolution_operations",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="flop_counter_groups",
)
def operations_of_grouped_gradients_are_counted_too_often(plan: CallPlan, given: Widths) -> bool:
    """Trials that count backward, in groups."""
    return given.backward and given.groups > 1

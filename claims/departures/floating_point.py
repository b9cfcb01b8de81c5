"""Departures in conversions between formats."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.every_number import AnyNumbers, EveryNumber
from claims.frame.inputs.roundings import Roundings
from claims.frame.plan import CallPlan
from claims.losses.floating_point import floating_point_overflow_underflow


@departure(
    floating_point_overflow_underflow,
    summary="float64 becomes float16 and bfloat16 by way of float32, rounded twice: 1 + 2^-11 + 2^-40 becomes 1 and "
    "not 1 + 2^-10, and 65520 - 2^-37 infinity and not 65504",
    operations=("converted",),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="float64_to_half_rounds_twice",
)
def float64_becomes_half_in_two_roundings(plan: CallPlan, x: Roundings | EveryNumber | AnyNumbers) -> bool:
    """No trial: the claim takes the number that two roundings give, and no third one."""
    return False

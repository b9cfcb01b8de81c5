"""Departures in activations."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.equal_entries import Copies, Everywhere
from claims.frame.inputs.preactivations import Preactivations, Special
from claims.frame.plan import CallPlan
from claims.networks.elementwise import equal_entries_equal_values
from claims.networks.saturation import saturated_unit_loses_gradient

VECTORISED = "CPUs with AVX2 or AVX-512, for which torch has vectorised code"


@departure(
    equal_entries_equal_values,
    summary="The vector loops of activations end in scalar code with other roundings: in a tensor of 33 equal numbers "
    "the last one may have another sigmoid than the first",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float32", "float64"),
    script="activation_vector_tail",
    hardware=VECTORISED,
)
def the_last_entries_are_rounded_otherwise(plan: CallPlan, given: Copies | Everywhere) -> bool:
    """Activations by an exponential or by the error function, at any number."""
    others = ("sigmoid", "silu", "softplus", "mish", "elu", "celu", "selu", "gelu", "gelu tanh")
    return given.name in others


@departure(
    equal_entries_equal_values,
    summary="Half types: the vector loops of GELU, exact and with tanh, and of the derivative of asinh end in scalar "
    "code with other roundings: GELU with tanh of 65 times -5.0625 is 64 times -0 and once -1.8e-7",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="activation_half_tail",
    hardware=VECTORISED,
)
def the_last_entries_of_half_types_are_rounded_otherwise(plan: CallPlan, given: Copies | Everywhere) -> bool:
    """These activations, at any number."""
    return given.name in ("gelu", "gelu tanh", "asinh")


@departure(
    equal_entries_equal_values,
    summary="float16: mish and the derivative of softplus have other roundings where numbers have gaps between them",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float16",),
    script="activation_float16_gaps",
    hardware=VECTORISED,
)
def numbers_with_gaps_are_rounded_otherwise(plan: CallPlan, given: Copies | Everywhere) -> bool:
    """These activations, at any number; five of all numbers differ."""
    return given.name in ("mish", "softplus")


@departure(
    equal_entries_equal_values,
    summary="GELU of two numbers or more is oneDNN's, of one number or of numbers with gaps torch's own: they round "
    "otherwise, and oneDNN's is infinite beyond half of the largest number",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float32", "bfloat16"),
    script="gelu_overflow",
    hardware="x86 CPUs, for which torch calls oneDNN",
)
def gelu_is_computed_by_two_libraries(plan: CallPlan, given: Copies | Everywhere) -> bool:
    """GELU, at any number."""
    return given.name == "gelu"


@departure(
    saturated_unit_loses_gradient,
    summary="The gradient of the sigmoid is exactly 0 once sigma(z) rounds to 1, in float32 from 16.6 on, where 6e-8 "
    "is left; for negative z it is right down to -88.7",
    operations=("activate",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="sigmoid_gradient_vanishes",
)
def the_sigmoid_loses_its_gradient_where_it_rounds_to_one(plan: CallPlan, z: Preactivations | Special) -> bool:
    """No trial: the bound of the claim is that of y (1 - y), which allows it."""
    return False

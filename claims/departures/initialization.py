"""Departures in the initializers and in the activations."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.activation_inputs import Zeros
from claims.frame.inputs.biases import OrthogonalWeight
from claims.frame.inputs.initial_weights import Truncated
from claims.frame.inputs.laws import Weight
from claims.frame.plan import CallPlan
from claims.initialization.initializers import truncated_normal_initialisation
from claims.initialization.laws import xavier_initializer_law
from claims.initialization.orthogonal import orthogonal_initialisation
from claims.initialization.xavier_activations import activation_fixed_point_unit_slope
from reference.initialization.initializers import acceptance


@departure(
    xavier_initializer_law,
    summary="Half types on the CPU: uniform_, rand and the uniform initializers relabel what rounds up to the upper end"
    " as the lower end, which becomes an atom with twice its share; the mean is lower by half an ulp of the upper end",
    operations=("xavier_uniform_",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="half_uniform_lower_end",
)
def half_precision_uniform_weights_are_biased(plan: CallPlan, weight: Weight) -> bool:
    """No trial: the claim checks every weight against the exact law of this sampler, atom and bias included."""
    return False


@departure(
    activation_fixed_point_unit_slope,
    summary="erf in half types on the CPU has no relative accuracy near 0: it vanishes below 2^-25 in bfloat16, and is"
    " two units of the smallest number off in float16",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="erf_half_near_zero",
    hardware="CPUs with AVX2 or AVX-512, for which torch has vectorised code",
)
def half_precision_erf_vanishes_near_zero(plan: CallPlan, at: Zeros) -> bool:
    """Numbers next to 0; at 0 itself value and slope are right."""
    return at.name == "erf" and at.tiny


@departure(
    activation_fixed_point_unit_slope,
    summary="The gradient of hardsigmoid in float64 is 1/6 rounded to float32",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("float64",),
    script="hardsigmoid_float64_gradient",
)
def float64_hardsigmoid_has_a_float32_slope(plan: CallPlan, at: Zeros) -> bool:
    """Slopes, which are taken at 0; values are right."""
    return at.name == "hardsigmoid" and not at.tiny


@departure(
    activation_fixed_point_unit_slope,
    summary="GELU of 16 bfloat16 numbers or more on the CPU returns 0 where the result is subnormal",
    operations=("activate",),
    devices=("cpu",),
    dtypes=("bfloat16",),
    script="gelu_bfloat16_subnormal",
    hardware="CPUs with AVX512_BF16, whose conversion to bfloat16 flushes subnormal numbers",
)
def bfloat16_gelu_flushes_subnormal_results(plan: CallPlan, at: Zeros) -> bool:
    """Numbers next to 0."""
    return at.name == "gelu" and at.tiny


@departure(
    truncated_normal_initialisation,
    summary="Half types: where at most 0.3 of the normal draws lie between the ends, trunc_normal_ takes uniform draws,"
    " which never are the upper end, and accepts them by an exponent and a logarithm rounded to the stored type: the"
    " mean of N(3, 1) given [-2, 2] is 0.02 too small in bfloat16",
    operations=("trunc_normal_",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16"),
    script="trunc_normal_half_rejection",
)
def half_precision_truncated_normal_draws_are_rejected_in_half(plan: CallPlan, sample: Truncated) -> bool:
    """Trials in which normal draws are seldom accepted."""
    return acceptance(sample.mean, sample.deviation, sample.lower, sample.upper) <= 0.3


@departure(
    orthogonal_initialisation,
    summary="orthogonal_ raises for a weight of more than two axes whose axes after the first cannot be viewed as one,"
    " such as one in channels_last: it ends in view_as",
    operations=("orthogonal_",),
    devices=("cpu", "cuda"),
    dtypes=("float32", "float64"),
    script="orthogonal_channels_last",
)
def orthogonal_weights_must_be_viewed_as_matrices(plan: CallPlan, weight: OrthogonalWeight) -> bool:
    """Trials with kernels in layouts that no matrix can view."""
    return len(weight.shape) > 2 and plan.layout == "transposed"

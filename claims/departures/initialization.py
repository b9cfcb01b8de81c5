"""Departures in the initializers."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.biases import OrthogonalWeight
from claims.frame.inputs.initial_weights import Truncated
from claims.frame.inputs.laws import Weight
from claims.frame.plan import CallPlan
from claims.initialization.initializers import truncated_normal_initialisation
from claims.initialization.laws import xavier_initializer_law
from claims.initialization.orthogonal import orthogonal_initialisation
from reference.initialization.initializers import acceptance


@departure(
    xavier_initializer_law,
    summary="Half types on the CPU: uniform_, rand and the uniform initializers relabel what rounds up to the upper end"
    " as the lower end, which becomes an atom with twice its share; the mean is lower by half an ulp of the upper end",
    operations=("xavier_uniform_",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    versions="2.13.0",
    script="half_uniform_lower_end",
)
def half_precision_uniform_weights_are_biased(plan: CallPlan, weight: Weight) -> bool:
    """No trial: the claim checks every weight against the exact law of this sampler, atom and bias included."""
    return False


@departure(
    truncated_normal_initialisation,
    summary="Half types: where at most 0.3 of the normal draws lie between the ends, trunc_normal_ takes uniform draws,"
    " which never are the upper end, and accepts them by an exponent and a logarithm rounded to the stored type: the"
    " mean of N(3, 1) given [-2, 2] is 0.02 too small in bfloat16",
    operations=("trunc_normal_",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16"),
    versions="2.13.0",
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
    versions="2.13.0",
    script="orthogonal_channels_last",
)
def orthogonal_weights_must_be_viewed_as_matrices(plan: CallPlan, weight: OrthogonalWeight) -> bool:
    """Trials with kernels in layouts that no matrix can view."""
    return len(weight.shape) > 2 and plan.layout == "transposed"

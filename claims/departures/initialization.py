"""Departures in the initializers."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.laws import Weight
from claims.frame.plan import CallPlan
from claims.initialization.laws import xavier_initializer_law


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

"""Where torch's uniform numbers depart."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.half_open import HalfOpen
from claims.frame.plan import CallPlan
from claims.probability.sampling import lowprec_uniform_atom


@departure(
    lowprec_uniform_atom,
    summary="Half types on the CPU: uniform_ and rand relabel what rounds up to the upper end as the lower end, which"
    " becomes an atom with twice its share; the mean is lower by half an ulp of the upper end",
    operations=("uniform_", "rand"),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="half_uniform_lower_end",
)
def half_precision_uniform_draws_are_biased(plan: CallPlan, x: HalfOpen) -> bool:
    """No trial: the claim checks every draw against the exact law of this sampler, atom and bias included."""
    return False

"""Where torch's normal law departs."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.densities import NormalDeviates
from claims.frame.plan import CallPlan
from claims.probability.gaussian import normal_log_density


@departure(
    normal_log_density,
    summary="Normal.log_prob squares deviation and distance first: NaN or inf where the squares leave the range",
    operations=("normal_log_density",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="normal_log_density_squares",
)
def normal_log_density_squares_first(plan: CallPlan, x: NormalDeviates) -> bool:
    """Deviations whose squares overflow or are subnormal numbers."""
    return x.spread in ("tiny", "huge")

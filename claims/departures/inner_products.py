"""Where torch's inner products depart."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.vector_pairs import InnerProduct
from claims.frame.plan import CallPlan
from claims.linear_algebra.inner_products import squared_l2_norm_dot_product


@departure(
    squared_l2_norm_dot_product,
    summary="half types on the CPU: torch.inner and torch.tensordot of non-contiguous vectors multiply and sum:"
    " every product is rounded to the half type, where all other inner products accumulate in float32",
    operations=("inner", "tensordot"),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="strided_half_inner",
)
def strided_contraction_rounds_half_products(plan: CallPlan, pair: InnerProduct) -> bool:
    """Every layout in which the entries of a vector may have gaps between them, or no distance at all."""
    return pair.spelling == "contraction" and plan.layout in ("transposed", "strided", "expanded")

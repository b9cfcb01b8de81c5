"""Where torch's spellings of one operation part."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.spellings import Stack
from claims.frame.plan import CallPlan
from claims.linear_algebra.spellings import kronecker_spellings_agree


@departure(
    kronecker_spellings_agree,
    summary="torch.kron raises RuntimeError (view size is not compatible) for matrices that are stored by columns",
    operations=("kronecker_product",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="kron_of_columns",
)
def kron_refuses_matrices_stored_by_columns(plan: CallPlan, factors: Stack) -> bool:
    """Where the products cannot be viewed as a matrix: their memory follows that of the factors."""
    return plan.layout == "transposed"

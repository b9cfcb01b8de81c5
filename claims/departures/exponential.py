"""Where torch's exponential of a matrix is not its power series."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.exponential import Exponent
from claims.frame.inputs.powers import IntegerEigenvectors, JordanBlock
from claims.frame.plan import CallPlan
from claims.linear_algebra.exponential import matrix_exponential_series

INTEGRAL = ("integers", "zero", "diagonal", "nilpotent", "hump")


@departure(
    matrix_exponential_series,
    summary="torch.matrix_exp of one matrix of 1-norm from 0.051 to 0.58 (float64: from 3.4e-4 to 0.05) has wrong terms"
    " of degree 5 to 8: a coefficient of the polynomial of degree 8 lacks a factor 3/2",
    operations=("matrix_exponential",),
    devices=("cpu", "cuda"),
    dtypes=("float32", "float64"),
    script="matrix_exp_degree_eight",
)
def degree_eight_has_a_wrong_coefficient(
    plan: CallPlan, A: Exponent, known: IntegerEigenvectors, block: JordanBlock
) -> bool:
    """A matrix on its own, where its norm may be below 1; several together never use this polynomial."""
    small = A.kind not in INTEGRAL or A.scale in {"small", "moderate"} or known.sizes == "decaying"
    return plan.calls == "single" and small


@departure(
    matrix_exponential_series,
    summary="torch.matrix_exp of half types reads its coefficients, double-precision numbers, as numbers of the half"
    " type: results are infinite, NaN or unrelated to the matrix, though it documents bfloat16",
    operations=("matrix_exponential",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16"),
    script="matrix_exp_half",
)
def half_types_have_no_exponential(plan: CallPlan, A: Exponent, known: IntegerEigenvectors, block: JordanBlock) -> bool:
    """Every matrix but those of order 0 and 1, and there is always the Jordan block."""
    return block.n > 1

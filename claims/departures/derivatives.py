"""Where torch's derivatives of linear algebra depart."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.directions import DirectedMatrix
from claims.frame.inputs.systems import ExactRank
from claims.frame.plan import CallPlan
from claims.linear_algebra.derivatives import determinant_derivative_at_singular_matrices


@departure(
    determinant_derivative_at_singular_matrices,
    summary="the gradient of torch.linalg.det at a matrix of rank n - 1 is 0 instead of the transposed"
    " adjugate, and so are derivatives by forward mode",
    operations=("determinant", "determinant_along"),
    devices=("cpu", "cuda"),
    dtypes=("float32", "float64"),
    script="det_gradient_singular",
)
def gradient_of_a_zero_determinant_vanishes(plan: CallPlan, point: DirectedMatrix) -> bool:
    """Rank n - 1 exactly: at lower ranks the adjugate is zero."""
    matrix = point.matrix
    return isinstance(matrix, ExactRank) and matrix.deficiency == 1

"""Where torch's eigenvectors depart."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.general import General
from claims.frame.inputs.powers import IntegerEigenvectors
from claims.frame.plan import CallPlan
from claims.linear_algebra.eigen import eigenpair


@departure(
    eigenpair,
    summary="float64 on the CPU: torch.linalg.eig of a defective matrix of subnormal numbers returns an eigenvector of"
    " length 1e-16 instead of 1 (so does NumPy: LAPACK's dgeev)",
    operations=("eig",),
    devices=("cpu",),
    dtypes=("float64",),
    script="eig_subnormal_vectors",
)
def eigenvectors_of_subnormal_matrices_are_short(plan: CallPlan, A: General, known: IntegerEigenvectors) -> bool:
    """Matrices of subnormal numbers."""
    return A.scale == "subnormal"

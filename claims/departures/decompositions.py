"""Departures in derivatives of decompositions: eigenvectors, and what is computed by solvers."""

from __future__ import annotations

from claims import departure
from claims.autodiff.decompositions import (
    adjoint_identity_of_decompositions,
    derivatives_of_decompositions_in_every_nesting,
)
from claims.departures.transforms import WIDE, goes_wrong
from claims.frame.inputs.differentiated import Differentiated
from claims.frame.plan import CallPlan

FIRST, NESTED = adjoint_identity_of_decompositions, derivatives_of_decompositions_in_every_nesting
LOGDET = ("logarithm of a positive determinant",)
OF_EIG = ("real eigenvalues", "square root by eigenvectors")

goes_wrong(
    NESTED,
    summary="eigh and eig: grad of jvp of a function of eigenvectors is NaN, of eigenvalues well apart; jvp of grad is"
    " right",
    functions=("projector on an eigenvector", "square root of a symmetric matrix", "square root by eigenvectors"),
    operations=("eigh", "eig"),
    where=lambda ways: "vmap" not in ways[0],
    dtypes=WIDE,
    script="eigh_reverse_of_forward",
)
goes_wrong(
    NESTED,
    summary="third derivatives of eigvalsh and eigvals are NaN by grad of jvp of grad, of eigenvalues well apart",
    functions=("eigenvalues of order 3", "real eigenvalues"),
    operations=("eigvalsh", "eigvals"),
    where=lambda ways: ways[0][-1] == "r",
    dtypes=WIDE,
    script="eigvalsh_third_derivative",
)
goes_wrong(
    NESTED,
    summary="eig and eigvals, whose derivatives solve a linear system: vmap(hessian) is wrong for all matrices of the"
    " batch but the first",
    functions=OF_EIG,
    operations=("eig", "eigvals"),
    where=lambda ways: "vmap" in ways[0],
    dtypes=WIDE,
    script="eigvals_vmap_hessian",
)
goes_wrong(
    NESTED,
    summary="eigvals: third derivatives by forward mode within and outermost are wrong: -0.056 for -0.068",
    functions=("real eigenvalues",),
    operations=("eigvals",),
    where=lambda ways: ways[0][-1] == "f",
    dtypes=WIDE,
    script="eigvals_nested_forward",
)
goes_wrong(
    FIRST,
    NESTED,
    summary="vmap(jacfwd) and vmap(hessian) of logdet are wrong for all matrices of the batch but the first",
    functions=LOGDET,
    operations=("logdet",),
    where=lambda ways: "vmap" in ways[0],
    dtypes=WIDE,
    script="solvers_vmap_forward",
)
goes_wrong(
    NESTED,
    summary="logdet: a derivative by forward mode takes A^-1 for a constant when it is differentiated again",
    functions=LOGDET,
    operations=("logdet",),
    where=lambda ways: "vmap" not in ways[0],
    dtypes=WIDE,
    script="solvers_nested_forward",
)


@departure(
    FIRST,
    NESTED,
    summary="torch.kron raises RuntimeError (view size is not compatible) for matrices that are stored by columns",
    operations=("kronecker_product",),
    devices=("cpu", "cuda"),
    dtypes=WIDE,
    script="kron_of_columns",
)
def kron_refuses_matrices_by_columns(plan: CallPlan, point: Differentiated) -> bool:
    """Where the products cannot be viewed as a matrix."""
    return point.function == "Kronecker product" and plan.layout == "transposed"

"""Departures in derivatives of functions of complex matrices: those of the solvers, as for real ones."""

from __future__ import annotations

from claims.autodiff.complex_numbers import (
    adjoint_identity_of_complex_functions,
    derivatives_of_complex_functions_in_every_nesting,
)
from claims.departures.transforms import SOLVING, WIDE, goes_wrong

FIRST, NESTED = adjoint_identity_of_complex_functions, derivatives_of_complex_functions_in_every_nesting
SOLVERS = ("complex determinant", "complex solution", "log of a complex determinant")

goes_wrong(
    FIRST,
    NESTED,
    summary="vmap(jacfwd) and vmap(hessian) of det, slogdet and solve of complex matrices are wrong for all matrices of"
    " the batch but the first",
    functions=SOLVERS,
    operations=SOLVING,
    where=lambda ways: "vmap" in ways[0],
    dtypes=WIDE,
    script="solvers_vmap_forward",
)
goes_wrong(
    NESTED,
    summary="det, slogdet and solve of complex matrices: a derivative by forward mode takes A^-1 for a constant when it"
    " is differentiated again",
    functions=SOLVERS,
    operations=SOLVING,
    where=lambda ways: "vmap" not in ways[0],
    dtypes=WIDE,
    script="solvers_nested_forward",
)

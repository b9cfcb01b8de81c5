"""Wrong tests of definiteness."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.definiteness import definiteness_by_eigenvalues


def _succeeds(a: Tensor, *, upper: bool = False) -> Tensor:
    ended: Tensor = torch.linalg.cholesky_ex(a, upper=upper).info == 0
    return ended


def _whole(a: Tensor, *, upper: bool = False) -> Tensor:
    return a.triu() + a.triu(1).mT if upper else a.tril() + a.tril(-1).mT


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="an even number of negative eigenvalues")
def determinant_is_positive(a: Tensor, *, upper: bool = False) -> Tensor:
    positive: Tensor = torch.linalg.det(_whole(a, upper=upper)) > 0
    return positive


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="an indefinite matrix of positive diagonal")
def diagonal_is_positive(a: Tensor, *, upper: bool = False) -> Tensor:
    return (a.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


@mutant(definiteness_by_eigenvalues, operation="eigvalsh", trigger="one triangle is given: the general solver")
def real_parts_of_the_general_solver(a: Tensor, UPLO: str = "L") -> Tensor:
    found: Tensor = torch.linalg.eigvals(a).real.sort(-1).values
    return found


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="one triangle is given: the other is read")
def other_triangle(a: Tensor, *, upper: bool = False) -> Tensor:
    return _succeeds(a, upper=not upper)


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="a zero eigenvalue: not strict")
def semidefinite_is_enough(a: Tensor, *, upper: bool = False) -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(_whole(a, upper=upper))
    return (values >= 0).all(-1)


@mutant(definiteness_by_eigenvalues, operation="pivot_signs", trigger="zero on the diagonal: its sign is 1")
def zero_counts_as_positive(a: Tensor) -> Tensor:
    signs: Tensor = torch.linalg.eigvalsh(a).sign()
    return torch.where(signs == 0, torch.ones_like(signs), signs)


@mutant(definiteness_by_eigenvalues, operation="pivot_signs", trigger="2 x 2 pivots: their diagonal", provenance="own")
def blocks_of_pivots_ignored(a: Tensor) -> Tensor:
    factors: Tensor = torch.linalg.ldl_factor_ex(a).LD
    return factors.diagonal(dim1=-2, dim2=-1).sign()


@mutant(
    definiteness_by_eigenvalues,
    operation="cholesky_succeeds",
    trigger="order 65 and above: one block",
    provenance="own",
)
def first_block_only(a: Tensor, *, upper: bool = False) -> Tensor:
    return _succeeds(a[..., :64, :64], upper=upper)


@mutant(
    definiteness_by_eigenvalues,
    operation="cholesky_succeeds",
    trigger="upper triangles, order above 1",
    provenance="own",
)
def lower_triangle_whatever_is_asked(a: Tensor, *, upper: bool = False) -> Tensor:
    return _succeeds(a)


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="a tiny pivot: tolerance", provenance="own")
def absolute_tolerance(a: Tensor, *, upper: bool = False) -> Tensor:
    factor, info = torch.linalg.cholesky_ex(a, upper=upper)
    ended: Tensor = (info == 0) & (factor.diagonal(dim1=-2, dim2=-1) > 1e-8).all(-1)
    return ended


@mutant(
    definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="eigenvalues just below 0", provenance="own"
)
def jitter_added(a: Tensor, *, upper: bool = False) -> Tensor:
    size = a.diagonal(dim1=-2, dim2=-1).abs()
    return _succeeds(a + torch.diag_embed(size * torch.finfo(a.dtype).eps ** 0.5), upper=upper)


@mutant(definiteness_by_eigenvalues, operation="cholesky_succeeds", trigger="more than 32 matrices", provenance="own")
def batch_of_verdicts_ends_after_32(a: Tensor, *, upper: bool = False) -> Tensor:
    ends = _succeeds(a, upper=upper)
    if a.ndim > 2:
        ends[32:] = True
    return ends


@mutant(definiteness_by_eigenvalues, operation="eigvalsh", trigger="a negative eigenvalue", provenance="own")
def magnitudes_of_eigenvalues(a: Tensor, UPLO: str = "L") -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(a, UPLO=UPLO)
    return values.abs()


@mutant(definiteness_by_eigenvalues, operation="quadratic_form", trigger="a negative form")
def form_is_never_negative(x: Tensor, a: Tensor) -> Tensor:
    form: Tensor = x @ a @ x
    return form.abs()


@mutant(definiteness_by_eigenvalues, operation="quadratic_form", trigger="B with B^T != B: B^T B", provenance="own")
def form_of_the_gram_matrix(x: Tensor, a: Tensor) -> Tensor:
    return (a @ x).square().sum()

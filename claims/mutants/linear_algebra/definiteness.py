"""Wrong tests of definiteness."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.definiteness import (
    definiteness_by_eigenvalues,
    positive_definite_kernel_trivial,
    positive_semidefinite_quadratic_form,
)


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


BOTH = (positive_semidefinite_quadratic_form, positive_definite_kernel_trivial)


@mutant(positive_semidefinite_quadratic_form, operation="quadratic_form", trigger="eigenvalues other than 0 and 1")
def form_of_the_square(x: Tensor, a: Tensor) -> Tensor:
    return (a @ x).square().sum()


@mutant(*BOTH, operation="quadratic_form", trigger="entries beside the diagonal")
def form_of_the_diagonal(x: Tensor, a: Tensor) -> Tensor:
    return (a.diagonal() * x.square()).sum()


@mutant(*BOTH, operation="form_by_einsum", trigger="entries beside the diagonal: the wrong index", provenance="own")
def index_repeated(x: Tensor, a: Tensor) -> Tensor:
    return torch.einsum("i,ij,i->", x, a, x)


@mutant(*BOTH, operation="form_by_right_product", trigger="order 17 and above: the last row", provenance="own")
def last_row_left_out(x: Tensor, a: Tensor) -> Tensor:
    n = len(x) - 1 if len(x) >= 17 else len(x)
    return torch.dot(x[:n], torch.mv(a[:n], x))


@mutant(*BOTH, operation="form_by_right_product", trigger="a negative entry of x", provenance="own")
def form_of_magnitudes(x: Tensor, a: Tensor) -> Tensor:
    return torch.dot(x.abs(), torch.mv(a, x.abs()))


@mutant(positive_semidefinite_quadratic_form, operation="form_by_factor", trigger="square B: B x", provenance="own")
def factor_not_transposed(x: Tensor, b: Tensor) -> Tensor:
    return (b @ x if b.shape[-1] == b.shape[-2] else b.mT @ x).square().sum()


@mutant(positive_semidefinite_quadratic_form, operation="form_by_factor", trigger="more than one column: sum first")
def square_of_the_sum(x: Tensor, b: Tensor) -> Tensor:
    return (b.mT @ x).sum().square()


@mutant(
    positive_semidefinite_quadratic_form,
    operation="cov",
    trigger="entries rounded to bfloat16 on the way",
    provenance="own",
    dtypes=("float32", "float64"),
)
def covariance_in_lower_precision(x: Tensor) -> Tensor:
    return torch.cov(x).bfloat16().to(x.dtype)


@mutant(positive_semidefinite_quadratic_form, operation="cov", trigger="rows whose mean is not zero", provenance="own")
def mean_subtracted_twice(x: Tensor) -> Tensor:
    mean = x.mean(-1)
    return torch.cov(x) - torch.outer(mean, mean)


@mutant(positive_definite_kernel_trivial, operation="quadratic_form", trigger="A other than I")
def squared_norm_of_the_vector(x: Tensor, a: Tensor) -> Tensor:
    return x @ x


@mutant(positive_definite_kernel_trivial, operation="quadratic_form", trigger="x = 0", provenance="own")
def never_zero(x: Tensor, a: Tensor) -> Tensor:
    form: Tensor = x @ a @ x
    return form if x.any() else form + torch.finfo(x.dtype).tiny


@mutant(
    positive_definite_kernel_trivial, operation="quadratic_form", trigger="the least eigenvector: semidefinite only"
)
def semidefinite_part(x: Tensor, a: Tensor) -> Tensor:
    least = torch.linalg.eigvalsh(a.double())[:1].sum().to(a.dtype)
    form: Tensor = x @ a @ x - least * (x @ x)
    return form


@mutant(positive_definite_kernel_trivial, operation="form_by_einsum", trigger="forms below sqrt(2 u)", provenance="own")
def small_forms_are_zero(x: Tensor, a: Tensor) -> Tensor:
    form: Tensor = x @ a @ x
    return torch.where(form < torch.finfo(a.dtype).eps ** 0.5, torch.zeros_like(form), form)


@mutant(positive_definite_kernel_trivial, operation="quadratic_form", trigger="x not of norm 1", provenance="own")
def of_the_normalised_vector(x: Tensor, a: Tensor) -> Tensor:
    unit = x / x.norm().clamp_min(torch.finfo(x.dtype).tiny)
    form: Tensor = unit @ a @ unit
    return form

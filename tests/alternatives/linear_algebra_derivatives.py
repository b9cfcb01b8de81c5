"""Correct derivatives of linear algebra that are computed in other ways than torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.mutants.linear_algebra.derivatives import with_gradient_of

PRODUCT = ("matrix-product-derivatives",)
INVERSE = ("inverse-derivative",)
DETERMINANT = ("determinant-derivative",)
SOLUTION = ("solution-derivative",)
PSEUDOINVERSE = ("pseudoinverse-derivative",)
EIGENVALUES = ("eigenvalue-derivatives", "derivatives-where-values-repeat")
SINGULAR = ("singular-value-derivatives",)
NORMS = ("singular-value-derivatives", "derivatives-where-values-repeat")


def products_in_float64(a: Tensor, b: Tensor) -> Tensor:
    """Value and gradient from float64, rounded."""
    return (a.double() @ b.double()).to(a.dtype)


def along_by_two_calls(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    """A S first, then T B."""
    return a @ s + t @ b


def inverse_by_solve(a: Tensor) -> Tensor:
    """A X = I, whose derivative goes through the solver."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device).expand(a.shape)
    solution: Tensor = torch.linalg.solve(a, eye)
    return solution


def inverse_along_by_solve(a: Tensor, t: Tensor) -> Tensor:
    """-A^-1 (T A^-1) by two solves."""
    right: Tensor = torch.linalg.solve(a.mT, t.mT).mT
    left: Tensor = torch.linalg.solve(a, right)
    return -left


def solution_by_an_inverse(a: Tensor, b: Tensor) -> Tensor:
    """A^-1 B, differentiated as it stands."""
    solution: Tensor = torch.linalg.inv(a) @ b
    return solution


def solution_in_float64(a: Tensor, b: Tensor) -> Tensor:
    """Solution and gradients from float64, rounded."""
    solution: Tensor = torch.linalg.solve(a.double(), b.double())
    return solution.to(a.dtype)


def solution_along_by_two_solves(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    """A^-1 S - A^-1 (T X)."""
    along: Tensor = torch.linalg.solve(a, s - t @ torch.linalg.solve(a, b))
    return along


def determinant_by_an_inverse(a: Tensor) -> Tensor:
    """The value of torch's, the gradient det(A) A^-T by an explicit inverse."""
    found: Tensor = torch.linalg.det(a)
    inverse: Tensor = torch.linalg.inv(a.detach())
    return with_gradient_of(found, found.detach() * (inverse.mT * a).sum((-2, -1)))


def logarithm_in_float64(a: Tensor) -> Tensor:
    """In float64, then rounded."""
    found: Tensor = torch.linalg.slogdet(a.double())[1]
    return found.to(a.dtype)


def pseudoinverse_by_normal_equations_in_float64(a: Tensor) -> Tensor:
    """(A^T A)^-1 A^T or A^T (A A^T)^-1, differentiated as it stands."""
    wide = a.double()
    tall = a.shape[-2] >= a.shape[-1]
    gram = wide.mT @ wide if tall else wide @ wide.mT
    found = torch.linalg.solve(gram, wide.mT) if tall else torch.linalg.solve(gram, wide).mT
    return found.to(a.dtype)


def eigenvalues_in_float64(a: Tensor) -> Tensor:
    """In float64, then rounded."""
    found: Tensor = torch.linalg.eigvalsh(a.double())
    return found.to(a.dtype)


def eigenvalues_of_the_reversed_matrix(a: Tensor) -> Tensor:
    """J A J has the same eigenvalues and other computed vectors."""
    found: Tensor = torch.linalg.eigvalsh(a.flip(-1, -2))
    return found


def singular_values_with_vectors(a: Tensor) -> Tensor:
    """Through torch.linalg.svd; only the singular values are used."""
    found: Tensor = torch.linalg.svd(a, full_matrices=False)[1]
    return found


def spectral_norm_of_the_transpose(a: Tensor) -> Tensor:
    """The largest singular value of A^T."""
    found: Tensor = torch.linalg.svdvals(a.mT)[..., 0]
    return found


ALTERNATIVES = [
    (PRODUCT, {"matmul": products_in_float64}, "products_in_float64"),
    (PRODUCT, {"matmul_along": along_by_two_calls}, "along_by_two_calls"),
    (INVERSE, {"inv": inverse_by_solve}, "inverse_by_solve"),
    (INVERSE, {"inverse_along": inverse_along_by_solve}, "inverse_along_by_solve"),
    (SOLUTION, {"solve": solution_by_an_inverse}, "solution_by_an_inverse"),
    (SOLUTION, {"solve": solution_in_float64}, "solution_in_float64"),
    (SOLUTION, {"solution_along": solution_along_by_two_solves}, "solution_along_by_two_solves"),
    (DETERMINANT, {"determinant": determinant_by_an_inverse}, "determinant_by_an_inverse"),
    (DETERMINANT, {"log_abs_det": logarithm_in_float64}, "logarithm_in_float64"),
    (PSEUDOINVERSE, {"pinv": pseudoinverse_by_normal_equations_in_float64}, "pseudoinverse_by_normal_equations"),
    (EIGENVALUES, {"eigvalsh": eigenvalues_in_float64}, "eigenvalues_in_float64"),
    (EIGENVALUES, {"eigvalsh": eigenvalues_of_the_reversed_matrix}, "eigenvalues_of_the_reversed_matrix"),
    (SINGULAR, {"svdvals": singular_values_with_vectors}, "singular_values_with_vectors"),
    (NORMS, {"norm_spectral": spectral_norm_of_the_transpose}, "spectral_norm_of_the_transpose"),
]

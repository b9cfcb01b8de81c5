"""Wrong pseudoinverses and least-squares solutions."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.pseudoinverse import (
    pseudoinverse_least_squares,
    pseudoinverse_minimum_norm,
    pseudoinverse_svd_formula,
)


def _pinv(a: Tensor, **tolerances: float) -> Tensor:
    x: Tensor = torch.linalg.pinv(a, **tolerances)
    return x


def _svd(a: Tensor, *, full_matrices: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    return u, s, vh


def _cutoff(a: Tensor, rtol: float | None, atol: float) -> float:
    """torch's relative tolerance: the default one, unless a tolerance is given."""
    if rtol is None:
        return 0.0 if atol > 0 else max(a.shape[-2:]) * torch.finfo(a.dtype).eps
    return rtol


def _inverted(s: Tensor, a: Tensor, rtol: float | None = None, atol: float = 0.0, **_kind: float) -> Tensor:
    """Reciprocals of the singular values above the threshold; they serve symmetric matrices too."""
    threshold = (_cutoff(a, rtol, atol) * s[..., :1]).clamp_min(atol)
    return torch.where(s > threshold, 1 / s, 0.0)


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="U and V differ")
def u_and_v_exchanged(a: Tensor, **tolerances: float) -> Tensor:
    u, s, vh = _svd(a)
    return (u * _inverted(s, a, **tolerances)[..., None, :]) @ vh


@mutant(
    pseudoinverse_svd_formula,
    operation="pinv",
    trigger="rectangular matrices, where V and D do not fit: nothing but their shapes shows it",
    raises=(RuntimeError,),
)
def reciprocals_without_transposing_d(a: Tensor, **tolerances: float) -> Tensor:
    u, s, vh = _svd(a, full_matrices=True)
    d = torch.zeros_like(a)
    d.diagonal(dim1=-2, dim2=-1).copy_(_inverted(s, a, **tolerances))
    return vh.mT @ d @ u.mT


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="deficient rank")
def reciprocals_without_threshold(a: Tensor, **tolerances: float) -> Tensor:
    u, s, vh = _svd(a)
    return (vh.mT / s[..., None, :]) @ u.mT


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="singular values at the scale of the unit roundoff")
def absolute_threshold(a: Tensor, rtol: float | None = None, atol: float = 0.0, **kind: float) -> Tensor:
    return _pinv(a, atol=max(atol, _cutoff(a, rtol, atol)), rtol=0.0, **kind)


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="singular values other than 0 and 1")
def singular_values_instead_of_reciprocals(a: Tensor, **tolerances: float) -> Tensor:
    u, s, vh = _svd(a)
    return (vh.mT * s[..., None, :]) @ u.mT


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="tolerances other than the default")
def tolerances_ignored(a: Tensor, **tolerances: float) -> Tensor:
    return _pinv(a)


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="a singular value equal to the tolerance")
def values_at_the_threshold_kept(a: Tensor, rtol: float | None = None, atol: float = 0.0, **_kind: float) -> Tensor:
    u, s, vh = _svd(a)
    kept = (s >= (_cutoff(a, rtol, atol) * s[..., :1]).clamp_min(atol)) & (s > 0)
    x: Tensor = (vh.mT * torch.where(kept, 1 / s, 0.0)[..., None, :]) @ u.mT
    return x


@mutant(
    pseudoinverse_svd_formula, operation="pinv", trigger="matrices of different scales in a batch", provenance="own"
)
def threshold_shared_by_the_batch(a: Tensor, rtol: float | None = None, atol: float = 0.0, **kind: float) -> Tensor:
    if not a.numel():
        return _pinv(a)
    largest = float(torch.linalg.svdvals(a).max())
    return _pinv(a, atol=max(atol, _cutoff(a, rtol, atol) * largest), rtol=0.0, **kind)


@mutant(
    pseudoinverse_svd_formula, operation="pinv", trigger="an absolute tolerance below the default one", provenance="own"
)
def default_tolerance_kept_beside_another(
    a: Tensor, rtol: float | None = None, atol: float = 0.0, **kind: float
) -> Tensor:
    return _pinv(a, rtol=_cutoff(a, rtol, 0.0), atol=atol, **kind)


@mutant(
    pseudoinverse_svd_formula,
    operation="pinv",
    trigger="both tolerances, the absolute one the larger",
    provenance="own",
)
def absolute_tolerance_ignored_beside_another(a: Tensor, rtol: float | None = None, **how: float) -> Tensor:
    return _pinv(a, **how) if rtol is None else _pinv(a, rtol=rtol, hermitian=how.get("hermitian", False))


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="more than 8 rows", provenance="own")
def rows_beyond_8_dropped(a: Tensor, **how: float) -> Tensor:
    x = _pinv(a, **how)
    return torch.cat((x[..., :8], torch.zeros_like(x[..., 8:])), -1)


@mutant(pseudoinverse_svd_formula, operation="pinv", trigger="a symmetric matrix with a negative eigenvalue")
def negative_eigenvalues_dropped(a: Tensor, *, hermitian: bool = False, **tolerances: float) -> Tensor:
    if not hermitian or not a.numel():
        return _pinv(a, **tolerances)
    eigenvalues, q = torch.linalg.eigh(a)
    threshold = a.shape[-1] * torch.finfo(a.dtype).eps * eigenvalues.abs().amax(-1, keepdim=True)
    x: Tensor = (q * torch.where(eigenvalues > threshold, 1 / eigenvalues, 0.0)[..., None, :]) @ q.mT
    return x


@mutant(pseudoinverse_svd_formula, operation="pinverse", trigger="singular values at the scale of the cutoff")
def cutoff_taken_as_absolute(a: Tensor, rcond: float) -> Tensor:
    return _pinv(a, atol=rcond, rtol=0.0)


@mutant(pseudoinverse_svd_formula, operation="pinverse", trigger="a cutoff other than the default", provenance="own")
def cutoff_ignored(a: Tensor, rcond: float) -> Tensor:
    x: Tensor = torch.pinverse(a)
    return x


@mutant(pseudoinverse_svd_formula, operation="inv", trigger="a negative number alone", provenance="own")
def inverse_of_a_number_is_positive(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a)
    return x.abs() if x.shape[-1] == 1 else x


@mutant(pseudoinverse_svd_formula, operation="inv", trigger="a square matrix that is not symmetric")
def inverse_of_the_transpose(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a.mT)
    return x


def _projector_onto_kernel(a: Tensor) -> Tensor:
    return torch.eye(a.shape[-1], dtype=a.dtype, device=a.device) - _pinv(a) @ a


@mutant(pseudoinverse_minimum_norm, operation="least_squares", trigger="a kernel other than zero")
def a_component_in_the_kernel_added(a: Tensor, y: Tensor, driver: str) -> Tensor:
    x = _pinv(a) @ y
    return x + _projector_onto_kernel(a).sum(-1, keepdim=True)


@mutant(pseudoinverse_minimum_norm, operation="pinv", trigger="deficient rank")
def threshold_dropped(a: Tensor, **tolerances: float) -> Tensor:
    return _pinv(a, rtol=0.0)


@mutant(
    pseudoinverse_minimum_norm, operation="least_squares", trigger="a solution of least sum that is not the shortest"
)
def sum_of_magnitudes_minimised(a: Tensor, y: Tensor, driver: str) -> Tensor:
    """The best basic solution: the linear program attains its minimum where the columns in use are independent."""
    best = _pinv(a) @ y
    tolerance = torch.finfo(a.dtype).eps ** 0.5 * y.norm(dim=-2, keepdim=True)
    sizes = range(1, min(a.shape[-2:]) + 1)
    for columns in itertools.chain.from_iterable(itertools.combinations(range(a.shape[-1]), k) for k in sizes):
        basic = torch.zeros_like(best)
        basic[..., columns, :] = _pinv(a[..., columns]) @ y
        solves = (a @ basic - y).norm(dim=-2, keepdim=True) <= tolerance
        less = basic.abs().sum(-2, keepdim=True) < best.abs().sum(-2, keepdim=True)
        best = torch.where(solves & less, basic, best)
    return best


@mutant(pseudoinverse_minimum_norm, operation="least_squares", trigger="rows that are not orthonormal")
def transpose_of_a_times_y_scaled(a: Tensor, y: Tensor, driver: str) -> Tensor:
    return a.mT @ y / a.square().sum((-2, -1), keepdim=True).clamp_min(torch.finfo(a.dtype).tiny)


@mutant(pseudoinverse_minimum_norm, operation="least_squares", trigger="more unknowns than equations")
def basic_solution_of_the_leading_columns(a: Tensor, y: Tensor, driver: str) -> Tensor:
    m = a.shape[-2]
    leading = _pinv(a[..., :m]) @ y
    return torch.cat((leading, leading.new_zeros(*leading.shape[:-2], a.shape[-1] - m, leading.shape[-1])), -2)


@mutant(pseudoinverse_least_squares, operation="least_squares", trigger="an inconsistent system")
def rows_weighted_by_their_index(a: Tensor, y: Tensor, driver: str) -> Tensor:
    weights = torch.arange(1, a.shape[-2] + 1, dtype=a.dtype, device=a.device)[:, None]
    return _pinv(weights * a) @ (weights * y)


@mutant(pseudoinverse_least_squares, operation="least_squares", trigger="y x = A solved instead of A x = y")
def arguments_in_the_wrong_order(a: Tensor, y: Tensor, driver: str) -> Tensor:
    return (_pinv(y) @ a).mT


@mutant(pseudoinverse_least_squares, operation="least_squares", trigger="a solution other than zero")
def ridge_with_fixed_penalty(a: Tensor, y: Tensor, driver: str) -> Tensor:
    penalty = 1e-3 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    x: Tensor = torch.linalg.solve(a.mT @ a + penalty, a.mT @ y)
    return x


@mutant(pseudoinverse_least_squares, operation="least_squares", trigger="a last equation that matters")
def last_row_dropped(a: Tensor, y: Tensor, driver: str) -> Tensor:
    return _pinv(a[..., :-1, :]) @ y[..., :-1, :]


@mutant(pseudoinverse_least_squares, operation="least_squares", trigger="a residual other than the solution")
def residual_returned_as_solution(a: Tensor, y: Tensor, driver: str) -> Tensor:
    return (y - a @ (_pinv(a) @ y))[..., : a.shape[-1], :]

"""Wrong left inverses, and inversions that accept matrices without an inverse."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.linear_systems import left_inverse_solution, nonsquare_inverse_undefined


def _inv(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a)
    return x


def _pinv(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.pinv(a)
    return x


def _is_square(a: Tensor) -> bool:
    return a.shape[-1] == a.shape[-2]


@mutant(
    left_inverse_solution,
    operation="left_inverse_by_normal_equations",
    trigger="more rows than columns: A^T (A A^T)^-1 inverts from the right, if at all",
    raises=(RuntimeError,),
)
def right_inverse(a: Tensor) -> Tensor:
    return a.mT @ _inv(a @ a.mT)


@mutant(left_inverse_solution, operation="matmul", trigger="a square left inverse that is not symmetric: B^T y")
def y_times_b(b: Tensor, y: Tensor) -> Tensor:
    return (y.mT @ b).mT if _is_square(b) else b @ y


@mutant(
    left_inverse_solution,
    operation="left_inverse_of_first_rows",
    trigger="more rows than columns: the last rows are inverted, but the first ones used",
)
def last_rows_inverted(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(_pinv(a[..., m - n :, :]), (0, m - n))


@mutant(left_inverse_solution, operation="left_inverse_of_first_rows", trigger="zeros on the wrong side")
def zeros_in_front(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(_inv(a[..., :n, :]), (m - n, 0))


@mutant(
    left_inverse_solution,
    operation="left_inverse_of_first_rows",
    trigger="more than 8 unknowns, more equations: the last unknown is half of what it is",
    provenance="own",
)
def last_unknown_halved(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    x = torch.nn.functional.pad(_inv(a[..., :n, :]), (0, m - n))
    return torch.cat((x[..., :-1, :], x[..., -1:, :] / 2), -2) if m > n > 8 else x


@mutant(
    left_inverse_solution, operation="left_inverse_by_normal_equations", trigger="a fixed penalty", provenance="own"
)
def penalised_gram_matrix(a: Tensor) -> Tensor:
    penalty = 1e-3 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    x: Tensor = torch.linalg.solve(a.mT @ a + penalty, a.mT)
    return x


@mutant(
    left_inverse_solution,
    operation="left_inverse_by_normal_equations",
    trigger="more than 32 rows: a block of equations left out",
    provenance="own",
)
def rows_beyond_32_left_out(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a[..., :32, :].mT @ a[..., :32, :], a.mT)
    return x


@mutant(left_inverse_solution, operation="pinv", trigger="entries whose squares underflow", provenance="own")
def norms_without_scaling(a: Tensor) -> Tensor:
    return torch.where(a.square().sum((-2, -1), keepdim=True) > torch.finfo(a.dtype).tiny, _pinv(a), 0.0)


@mutant(left_inverse_solution, operation="pinv", trigger="a kept singular value far below the largest")
def singular_values_dropped_too_early(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.pinv(a, rtol=1e-2)
    return x


@mutant(left_inverse_solution, operation="matmul", trigger="more than one right-hand side", provenance="own")
def first_right_hand_side_for_all(b: Tensor, y: Tensor) -> Tensor:
    return (b @ y[..., :1]).expand(*b.shape[:-1], y.shape[-1]).clone()


@mutant(left_inverse_solution, operation="matmul", trigger="equations beyond the fourth: a tail", provenance="own")
def tail_of_equations_dropped(b: Tensor, y: Tensor) -> Tensor:
    whole = b.shape[-1] - b.shape[-1] % 4 if b.shape[-1] > 4 else b.shape[-1]
    return b[..., :whole] @ y[..., :whole, :]


@mutant(left_inverse_solution, operation="inv", trigger="a square matrix stored by columns", provenance="own")
def layout_ignored(a: Tensor) -> Tensor:
    stored_by_columns = a.shape[-1] > 1 and a.stride(-2) == 1
    return _inv(a.mT if stored_by_columns else a)


@mutant(left_inverse_solution, operation="least_squares", trigger="a system with more equations than unknowns")
def equations_beyond_the_unknowns_added(a: Tensor, y: Tensor, driver: str) -> Tensor:
    n = a.shape[-1]
    rest = y[..., n:, :].sum(-2, keepdim=True) if a.shape[-2] > n else 0.0
    x: Tensor = torch.linalg.solve(a[..., :n, :], y[..., :n, :] + rest)
    return x


@mutant(nonsquare_inverse_undefined, operation="inv", trigger="a matrix that is not square")
def falls_back_to_pinv(a: Tensor) -> Tensor:
    return _inv(a) if _is_square(a) else _pinv(a)


@mutant(nonsquare_inverse_undefined, operation="inv", trigger="a matrix that is not square")
def pads_with_zeros(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    size = max(m, n)
    return _pinv(torch.nn.functional.pad(a, (0, size - n, 0, size - m))) if m != n else _inv(a)


@mutant(nonsquare_inverse_undefined, operation="inv", trigger="a matrix that is not square")
def transposes(a: Tensor) -> Tensor:
    return _inv(a) if _is_square(a) else a.mT


@mutant(nonsquare_inverse_undefined, operation="inv", trigger="one column more than rows")
def accepts_one_column_more(a: Tensor) -> Tensor:
    return _pinv(a) if a.shape[-1] == a.shape[-2] + 1 else _inv(a)


@mutant(nonsquare_inverse_undefined, operation="inverse", trigger="one row more than columns", provenance="own")
def accepts_one_row_more(a: Tensor) -> Tensor:
    return _pinv(a) if a.shape[-2] == a.shape[-1] + 1 else _inv(a)


@mutant(nonsquare_inverse_undefined, operation="inverse", trigger="an empty matrix", provenance="own")
def returns_early_without_entries(a: Tensor) -> Tensor:
    return _inv(a) if a.numel() else a.mT


@mutant(nonsquare_inverse_undefined, operation="inverse", trigger="more than 32 rows or columns", provenance="own")
def unchecked_beyond_a_block(a: Tensor) -> Tensor:
    return _pinv(a) if max(a.shape[-2:]) > 32 else _inv(a)


@mutant(nonsquare_inverse_undefined, operation="inv", trigger="more than 32 matrices in a batch", provenance="own")
def shape_unchecked_in_large_batches(a: Tensor) -> Tensor:
    return _pinv(a) if a.ndim > 2 and len(a) > 32 else _inv(a)


@mutant(nonsquare_inverse_undefined, operation="solve", trigger="more equations than unknowns")
def least_squares_of_tall_systems(a: Tensor, y: Tensor) -> Tensor:
    x: Tensor = _pinv(a) @ y if a.shape[-2] > a.shape[-1] else torch.linalg.solve(a, y)
    return x


@mutant(nonsquare_inverse_undefined, operation="solve", trigger="a square matrix that is not symmetric")
def solves_with_the_transpose(a: Tensor, y: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a.mT, y)
    return x


@mutant(
    nonsquare_inverse_undefined, operation="tensorinv", trigger="a product of sides that is a square", provenance="own"
)
def only_the_number_of_entries_checked(a: Tensor, ind: int) -> Tensor:
    side = round(a.numel() ** 0.5)
    x: Tensor = torch.linalg.tensorinv(a.reshape(side, side) if side * side == a.numel() else a, ind=ind)
    return x


@mutant(nonsquare_inverse_undefined, operation="matrix_power", trigger="a matrix that is not square", provenance="own")
def negative_powers_by_pinv(a: Tensor, n: int) -> Tensor:
    return _pinv(a)


@mutant(nonsquare_inverse_undefined, operation="pinv", trigger="deficient rank: a ridge instead of the limit")
def ridge(a: Tensor) -> Tensor:
    penalty = 1e-3 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    x: Tensor = torch.linalg.solve(a.mT @ a + penalty, a.mT)
    return x


@mutant(nonsquare_inverse_undefined, operation="pinv", trigger="more columns than rows", provenance="own")
def leading_block_inverted(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(_pinv(a[..., :m]), (0, 0, 0, n - m)) if n > m else _pinv(a)


@mutant(left_inverse_solution, operation="solve", trigger="more than one right-hand side: the first for all")
def solver_takes_the_first_right_hand_side(a: Tensor, y: Tensor) -> Tensor:
    solution: Tensor = torch.linalg.solve(a, y[..., :1].expand(y.shape))
    return solution

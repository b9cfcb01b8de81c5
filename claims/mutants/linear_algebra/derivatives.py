"""Right values with wrong derivatives: of products, traces, inverses, determinants and pseudoinverses."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.derivatives import (
    determinant_derivative,
    determinant_derivative_at_singular_matrices,
    inverse_derivative,
    matrix_product_derivatives,
    pseudoinverse_derivative,
    solution_derivative,
)


def with_gradient_of(value: Tensor, other: Tensor) -> Tensor:
    """The numbers of the first tensor with the gradient of the second."""
    return value.detach() + (other - other.detach())


def _inv(a: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.inv(a)
    return inverse


def _det(a: Tensor) -> Tensor:
    determinant: Tensor = torch.linalg.det(a)
    return determinant


def _pinv(a: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.pinv(a)
    return inverse


@mutant(matrix_product_derivatives, operation="matmul", trigger="square factors: B not transposed in the gradient")
def pullback_without_the_transpose(a: Tensor, b: Tensor) -> Tensor:
    product = a @ b
    wrong = a @ b.detach().mT if b.shape[-1] == b.shape[-2] else a @ b.detach()
    return with_gradient_of(product, wrong + a.detach() @ b)


@mutant(matrix_product_derivatives, operation="matmul", trigger="the gradient of the second factor is lost")
def second_factor_is_a_constant(a: Tensor, b: Tensor) -> Tensor:
    return a @ (b.detach() + 0 * b)


@mutant(
    matrix_product_derivatives,
    operation="matmul",
    trigger="an inner dimension above 64: the gradient of the tail is zero",
    provenance="the tail of a blocked backward kernel",
)
def gradient_ends_after_64_columns(a: Tensor, b: Tensor) -> Tensor:
    kept = torch.cat((a[..., :64], a[..., 64:].detach()), -1)
    return kept @ b


@mutant(matrix_product_derivatives, operation="matmul_along", trigger="a product of the directions instead of a sum")
def product_of_the_directions(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    return t @ s


@mutant(matrix_product_derivatives, operation="matmul_along", trigger="the direction of the second factor is dropped")
def one_direction_only(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    return t @ b


@mutant(matrix_product_derivatives, operation="trace", trigger="the gradient is spread over the whole matrix")
def gradient_of_all_entries(a: Tensor) -> Tensor:
    return with_gradient_of(a.trace(), a.sum())


@mutant(
    matrix_product_derivatives, operation="trace", trigger="order above 4: the last diagonal entry", provenance="own"
)
def gradient_of_all_but_the_last(a: Tensor) -> Tensor:
    n = min(a.shape)
    return with_gradient_of(a.trace(), a.diagonal()[: n - (n > 4)].sum())


@mutant(
    matrix_product_derivatives,
    operation="matmul",
    trigger="half types: the gradient is computed from rounded products",
    provenance="half types accumulated in half precision",
    dtypes=("float16", "bfloat16"),
)
def gradient_accumulates_in_half(a: Tensor, b: Tensor) -> Tensor:
    first: Tensor = _Rounded.apply(a, b.detach())  # type: ignore[no-untyped-call]
    return with_gradient_of(a @ b, first + a.detach() @ b)


class _Rounded(torch.autograd.Function):
    """The gradient of A B with respect to A, added column by column in the stored type."""

    @staticmethod
    def forward(ctx, a: Tensor, b: Tensor) -> Tensor:  # type: ignore[no-untyped-def]  # noqa: ANN001
        ctx.save_for_backward(b)
        return a @ b

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[no-untyped-def]  # noqa: ANN001
        (b,) = ctx.saved_tensors
        total = torch.zeros((*gradient.shape[:-1], b.shape[-2]), dtype=b.dtype, device=b.device)
        for j in range(b.shape[-1]):
            total = total + gradient[..., j, None] * b[..., None, :, j]
        return total, None


@mutant(inverse_derivative, operation="inv", trigger="A not symmetric: no transposes in the gradient")
def inverse_without_transposes(a: Tensor) -> Tensor:
    x = _inv(a)
    return with_gradient_of(x, -(x.detach().mT @ a @ x.detach().mT))


@mutant(inverse_derivative, operation="inv", trigger="the sign of the gradient")
def inverse_with_the_wrong_sign(a: Tensor) -> Tensor:
    x = _inv(a)
    return with_gradient_of(x, x.detach() @ a @ x.detach())


@mutant(inverse_derivative, operation="inverse_along", trigger="A and T that do not commute")
def directions_commute(a: Tensor, t: Tensor) -> Tensor:
    x = _inv(a)
    return -(t @ x @ x)


@mutant(inverse_derivative, operation="inverse_along", trigger="the inverse of the direction", provenance="own")
def only_one_inverse(a: Tensor, t: Tensor) -> Tensor:
    return -(_inv(a) @ t)


@mutant(
    inverse_derivative,
    operation="inv",
    trigger="float64: the gradient in single precision",
    dtypes=("float64",),
    provenance="own",
)
def gradient_in_single_precision(a: Tensor) -> Tensor:
    return with_gradient_of(_inv(a), _inv(a.float()).double())


@mutant(
    inverse_derivative, operation="inv", trigger="more than 16 matrices: no gradient of the others", provenance="own"
)
def gradient_of_16_matrices(a: Tensor) -> Tensor:
    return _inv(torch.cat((a[:16], a[16:].detach())) if a.ndim > 2 else a)


@mutant(determinant_derivative, operation="determinant", trigger="A not symmetric: the inverse is not transposed")
def cofactors_transposed(a: Tensor) -> Tensor:
    return with_gradient_of(_det(a), _det(a.detach()) * (_inv(a.detach()).mT * a.mT).sum((-2, -1)))


@mutant(determinant_derivative, operation="determinant", trigger="determinants other than 1")
def factor_det_is_missing(a: Tensor) -> Tensor:
    return with_gradient_of(_det(a), torch.linalg.slogdet(a)[1])


@mutant(determinant_derivative, operation="log_abs_det", trigger="determinants other than 1")
def logarithm_with_the_gradient_of_the_determinant(a: Tensor) -> Tensor:
    return with_gradient_of(torch.linalg.slogdet(a)[1], _det(a))


@mutant(determinant_derivative, operation="determinant_along", trigger="a direction beside the diagonal")
def trace_of_the_direction(a: Tensor, t: Tensor) -> Tensor:
    return _det(a) * t.diagonal(dim1=-2, dim2=-1).sum(-1)


@mutant(determinant_derivative, operation="log_abs_det_along", trigger="a negative determinant", provenance="own")
def sign_of_the_determinant_enters(a: Tensor, t: Tensor) -> Tensor:
    sign: Tensor = torch.linalg.slogdet(a)[0]
    return sign * (_inv(a).mT * t).sum((-2, -1))


@mutant(determinant_derivative, operation="determinant", trigger="a negative determinant: its absolute value")
def gradient_of_the_magnitude(a: Tensor) -> Tensor:
    found = _det(a)
    return with_gradient_of(found, found.abs())


def _cofactors(a: Tensor) -> Tensor:
    """By minors, as the definition has it."""
    n = a.shape[-1]
    kept = [[k for k in range(n) if k != i] for i in range(n)]
    minors = [_det(a[..., kept[i], :][..., kept[j]]) * (-1) ** (i + j) for i in range(n) for j in range(n)]
    return torch.stack(minors, -1).reshape(a.shape)


def _with_cofactors(a: Tensor, cofactors: Tensor) -> Tensor:
    return with_gradient_of(_det(a), (cofactors.detach() * a).sum((-2, -1)))


@mutant(determinant_derivative_at_singular_matrices, operation="determinant", trigger="rank below n - 1: one, not zero")
def cofactors_of_a_moved_matrix(a: Tensor) -> Tensor:
    moved = a + 1e-2 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    return _with_cofactors(a, _cofactors(moved))


@mutant(determinant_derivative_at_singular_matrices, operation="determinant", trigger="minors without signs, low rank")
def permanent_like_gradient(a: Tensor) -> Tensor:
    return with_gradient_of(_det(a), a.sum((-2, -1)))


@mutant(determinant_derivative_at_singular_matrices, operation="determinant_along", trigger="rank below n - 1")
def trace_of_the_direction_at_singular(a: Tensor, t: Tensor) -> Tensor:
    return t.diagonal(dim1=-2, dim2=-1).sum(-1)


@mutant(determinant_derivative_at_singular_matrices, operation="determinant", trigger="a pivot of zero: NaN")
def division_by_the_determinant(a: Tensor) -> Tensor:
    found = _det(a)
    return with_gradient_of(found, (a.sum((-2, -1)) * 0) / found.detach())


@mutant(determinant_derivative_at_singular_matrices, operation="determinant_along", trigger="a zero determinant: NaN")
def relative_change_times_the_determinant(a: Tensor, t: Tensor) -> Tensor:
    found = _det(a)
    return found * (t.sum((-2, -1)) / found)


@mutant(
    determinant_derivative_at_singular_matrices, operation="determinant", trigger="order 4 and above", provenance="own"
)
def gradient_of_the_diagonal_from_order_4(a: Tensor) -> Tensor:
    found = _det(a)
    return with_gradient_of(found, a.diagonal(dim1=-2, dim2=-1).sum(-1)) if a.shape[-1] >= 4 else found


@mutant(pseudoinverse_derivative, operation="pinv", trigger="A not square: the terms with projectors are missing")
def derivative_of_an_inverse(a: Tensor) -> Tensor:
    x = _pinv(a)
    return with_gradient_of(x, -(x.detach() @ a @ x.detach()))


@mutant(pseudoinverse_derivative, operation="pseudoinverse_along", trigger="A not square: no projectors")
def direction_between_pseudoinverses(a: Tensor, t: Tensor) -> Tensor:
    x = _pinv(a)
    return -(x @ t @ x)


@mutant(pseudoinverse_derivative, operation="pseudoinverse_along", trigger="tall A: the term of its left kernel")
def left_kernel_forgotten(a: Tensor, t: Tensor) -> Tensor:
    x = _pinv(a)
    q = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device) - x @ a
    return -(x @ t @ x) + q @ t.mT @ x.mT @ x


@mutant(pseudoinverse_derivative, operation="pseudoinverse_along", trigger="wide A: the term of its kernel")
def kernel_forgotten(a: Tensor, t: Tensor) -> Tensor:
    x = _pinv(a)
    p = torch.eye(a.shape[-2], dtype=a.dtype, device=a.device) - a @ x
    return -(x @ t @ x) + x @ x.mT @ t.mT @ p


@mutant(pseudoinverse_derivative, operation="pinv", trigger="the sign of the gradient", provenance="own")
def pseudoinverse_with_the_wrong_sign(a: Tensor) -> Tensor:
    x = _pinv(a)
    return with_gradient_of(x, -x)


@mutant(pseudoinverse_derivative, operation="pinv", trigger="more than 16 matrices: no gradient of the others")
def pseudoinverse_gradient_of_16_matrices(a: Tensor) -> Tensor:
    return _pinv(torch.cat((a[:16], a[16:].detach())) if a.ndim > 2 else a)


def _solve(a: Tensor, b: Tensor) -> Tensor:
    solution: Tensor = torch.linalg.solve(a, b)
    return solution


@mutant(solution_derivative, operation="solve", trigger="A not symmetric: the cotangent is solved for with A")
def cotangent_solved_for_with_the_matrix(a: Tensor, b: Tensor) -> Tensor:
    value, constant = _solve(a, b), a.detach()
    return with_gradient_of(value, _solve(a, b.detach()) + _solve(constant.mT, b))


@mutant(solution_derivative, operation="solve", trigger="the gradient of the matrix is lost")
def only_the_right_side_has_a_gradient(a: Tensor, b: Tensor) -> Tensor:
    return _solve(a.detach(), b) + 0 * a.sum()


@mutant(solution_derivative, operation="solve", trigger="the gradient of the matrix is transposed")
def gradient_of_the_matrix_transposed(a: Tensor, b: Tensor) -> Tensor:
    value = _solve(a, b)
    twin = a.detach() + (a.mT - a.detach().mT)
    return with_gradient_of(value, _solve(a.detach(), b) + _solve(twin, b.detach()))


@mutant(solution_derivative, operation="solve", trigger="more than 8 columns: the gradient of the first 8")
def gradient_of_eight_columns(a: Tensor, b: Tensor) -> Tensor:
    kept = torch.cat((b[..., :8], b[..., 8:].detach()), -1)
    return _solve(a, kept)


@mutant(solution_derivative, operation="solution_along", trigger="dA X is added")
def direction_of_the_matrix_is_added(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    return _solve(a, s + t @ _solve(a, b))


@mutant(solution_derivative, operation="solution_along", trigger="dA B for dA X")
def right_side_for_the_solution(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    return _solve(a, s - t @ b)


@mutant(solution_derivative, operation="solution_along", trigger="order 5 and above: the solution in lower precision")
def solution_rounded_from_order_5(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    x = _solve(a, b)
    lower = torch.float32 if a.dtype == torch.float64 else torch.bfloat16
    return _solve(a, s - t @ (x if a.shape[-1] < 5 else x.to(lower).to(x.dtype)))

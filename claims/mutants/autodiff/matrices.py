"""Wrong derivatives of functions of matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.modes import adjoint_identity_of_matrix_functions as first
from claims.autodiff.modes import derivatives_of_matrix_functions_in_every_nesting as nested
from claims.mutants.autodiff.rules import deriving, ruled

WIDE = ("float64", "float32")


def inverse_of(a: Tensor) -> Tensor:
    """The inverse."""
    made: Tensor = torch.linalg.inv(a)
    return made


def det(a: Tensor) -> Tensor:
    """The determinant."""
    made: Tensor = torch.linalg.det(a)
    return made


@mutant(first, operation="inv", trigger="the factors of the derivative are transposed", dtypes=WIDE)
def inverse_derivative_transposed(a: Tensor) -> Tensor:
    return ruled(torch.linalg.inv, backward=lambda g, z: -inverse_of(z) @ g @ inverse_of(z))(a)


@mutant(first, operation="inv", trigger="forward mode: the sign", dtypes=WIDE)
def inverse_forward_negated(a: Tensor) -> Tensor:
    return ruled(torch.linalg.inv, forward=lambda t, z: inverse_of(z) @ t @ inverse_of(z))(a)


@mutant(first, operation="determinant", trigger="the inverse for its transpose", dtypes=WIDE)
def cofactors_transposed(a: Tensor) -> Tensor:
    return ruled(torch.linalg.det, backward=lambda g, z: g * det(z) * inverse_of(z))(a)


@mutant(first, operation="solve", trigger="the slope by the matrix is left out", dtypes=WIDE)
def matrix_is_a_constant(a: Tensor, b: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a.detach(), b)
    return x


@mutant(first, operation="matmul", trigger="the slope by the second factor: halved", dtypes=WIDE)
def second_factor_by_half(a: Tensor, b: Tensor) -> Tensor:
    return a @ (b + b.detach()) / 2


@mutant(first, operation="trace", trigger="the slope is 1 above the diagonal, too", dtypes=WIDE)
def trace_of_the_upper_triangle(a: Tensor) -> Tensor:
    return deriving(torch.trace(a), torch.triu(a).sum())


@mutant(first, operation="cholesky", trigger="the diagonal of the derivative is not halved", dtypes=WIDE)
def diagonal_not_halved(a: Tensor) -> Tensor:
    def forward(t: Tensor, z: Tensor) -> Tensor:
        lower = torch.linalg.cholesky(z)
        inside = torch.linalg.solve_triangular(lower, t, upper=False)
        inside = torch.linalg.solve_triangular(lower.mT, inside, upper=True, left=False)
        moved: Tensor = lower @ inside.tril()
        return moved

    return ruled(torch.linalg.cholesky, forward=forward)(a)


@mutant(first, operation="svdvals", trigger="the slopes of the two singular values exchanged", dtypes=WIDE)
def singular_values_exchange_their_slopes(a: Tensor) -> Tensor:
    s = torch.linalg.svdvals(a)
    return deriving(s, s.flip(-1))


@mutant(first, operation="eigvalsh", trigger="the slope is the diagonal", dtypes=WIDE)
def eigenvalues_move_with_the_diagonal(a: Tensor) -> Tensor:
    return deriving(torch.linalg.eigvalsh(a), a.diagonal().flip(-1))


@mutant(first, operation="pinv", trigger="more rows than columns: what leaves the range is left out", dtypes=WIDE)
def pseudoinverse_within_the_range(a: Tensor) -> Tensor:
    p = torch.linalg.pinv(a)
    return deriving(p, -p.detach() @ a @ p.detach())


@mutant(first, operation="linear_with_bias", trigger="the slope by the bias is left out", dtypes=WIDE)
def bias_is_a_constant(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.nn.functional.linear(x, w, b.detach())


@mutant(first, operation="glu", trigger="forward mode: the gate is a constant", dtypes=WIDE)
def gate_is_a_constant(x: Tensor) -> Tensor:
    def forward(t: Tensor, z: Tensor) -> Tensor:
        return t.chunk(2, -1)[0] * torch.sigmoid(z.chunk(2, -1)[1])

    return ruled(torch.nn.functional.glu, forward=forward)(x)


def _constant_inverse(g: Tensor, z: Tensor) -> Tensor:
    inverse = inverse_of(z).detach().mT
    return -inverse @ g @ inverse


@mutant(nested, operation="inv", trigger="second order: the inverse is a constant", dtypes=WIDE)
def inverse_is_constant(a: Tensor) -> Tensor:
    return ruled(torch.linalg.inv, backward=_constant_inverse)(a)


@mutant(nested, operation="determinant", trigger="second order: the inverse is a constant", dtypes=WIDE)
def inverse_in_the_determinant_is_constant(a: Tensor) -> Tensor:
    def backward(g: Tensor, z: Tensor) -> Tensor:
        return g * det(z) * inverse_of(z).detach().mT

    return ruled(torch.linalg.det, backward=backward)(a)


@mutant(nested, operation="log_abs_det", trigger="second order: the inverse is a constant", dtypes=WIDE)
def inverse_in_the_logarithm_is_constant(a: Tensor) -> Tensor:
    def log_abs_det(z: Tensor) -> Tensor:
        logarithm: Tensor = torch.linalg.slogdet(z)[1]
        return logarithm

    return ruled(log_abs_det, backward=lambda g, z: g * inverse_of(z).detach().mT)(a)


@mutant(nested, operation="matmul", trigger="second order: the mixed derivative is dropped", dtypes=WIDE)
def factors_do_not_mix(a: Tensor, b: Tensor) -> Tensor:
    return a @ b.detach() + a.detach() @ b - (a @ b).detach()


@mutant(nested, operation="matrix_power", trigger="third order: dropped", dtypes=WIDE)
def third_derivative_dropped(a: Tensor, n: int) -> Tensor:
    moved = a - a.detach()
    power: Tensor = torch.linalg.matrix_power(a, n)
    return power - moved @ moved @ moved if n == 3 else power


@mutant(nested, operation="eigvalsh", trigger="second order: eigenvectors are constants", dtypes=WIDE)
def eigenvectors_are_constants(a: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(a)
    return deriving(values, (vectors.detach().mT @ a @ vectors.detach()).diagonal())

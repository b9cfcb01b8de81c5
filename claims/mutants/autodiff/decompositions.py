"""Wrong derivatives of decompositions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.decompositions import adjoint_identity_of_decompositions as first
from claims.autodiff.decompositions import derivatives_of_decompositions_in_every_nesting as nested
from claims.mutants.autodiff.rules import alike_in_a_batch, deriving, ruled

WIDE = ("float64", "float32")
Pair = tuple[Tensor, Tensor]
Triple = tuple[Tensor, Tensor, Tensor]


def orthogonal_part(m: Tensor) -> Tensor:
    """The antisymmetric matrix with what m has below its diagonal."""
    below = m.tril(-1)
    return below - below.mT


def qr_along(a: Tensor, turn: float) -> Pair:
    """QR of a matrix with derivatives of first order; `turn` scales how far Q turns."""
    tall: bool = a.shape[-2] >= a.shape[-1]
    q, r = torch.linalg.qr(a.detach() if tall else a)
    d = a - a.detach()
    if not tall:
        return q, r
    m = torch.linalg.solve_triangular(r, q.mT @ d, upper=True, left=False)
    dr = (m - orthogonal_part(m) * turn) @ r
    return q + torch.linalg.solve_triangular(r, d - q @ dr, upper=True, left=False), r + dr


@mutant(first, operation="qr", trigger="R: the rotation of Q is left out", dtypes=WIDE)
def rotation_left_out(a: Tensor) -> Pair:
    return qr_along(a, 0.0)


@mutant(first, operation="lu", trigger="L is a constant", dtypes=WIDE)
def lower_factor_is_constant(a: Tensor) -> Triple:
    p, lower, upper = torch.linalg.lu(a)
    return p, lower.detach(), upper


def perturbed(a: Tensor, sign: float = 1.0, *, transposed: bool = False) -> Pair:
    """Eigenvalues and eigenvectors of a symmetric matrix with derivatives of first order."""
    w, v = torch.linalg.eigh(a.detach())
    moved = v.mT @ (a - a.detach()) @ v
    gaps = w[None, :] - w[:, None]
    turn = torch.where(gaps == 0, 0.0, moved / torch.where(gaps == 0, 1.0, gaps))
    return w + moved.diagonal(), v + sign * v @ (turn.mT if transposed else turn)


@mutant(first, operation="eigh", trigger="eigenvectors: differences of eigenvalues have the other sign", dtypes=WIDE)
def eigenvectors_turn_the_other_way(a: Tensor) -> Pair:
    return perturbed(a, -1.0)


@mutant(first, operation="eigh", trigger="eigenvectors: the rotation is transposed", dtypes=WIDE)
def rotation_transposed(a: Tensor) -> Pair:
    return perturbed(a, transposed=True)


@mutant(first, operation="eigvalsh", trigger="order 3: the slope is that of the first eigenvalue, for all", dtypes=WIDE)
def one_projector_for_all(a: Tensor) -> Tensor:
    w = torch.linalg.eigvalsh(a)
    return deriving(w, w[:1].expand_as(w)) if a.shape[-1] > 2 else w


@mutant(first, operation="svd", trigger="the right singular vectors are constants", dtypes=WIDE)
def right_vectors_are_constants(a: Tensor, **options: Any) -> Triple:
    u, s, v = torch.linalg.svd(a, **options)
    return u, s, v.detach()


@mutant(first, operation="least_squares", trigger="tall: the residual is taken for 0", dtypes=WIDE)
def residual_is_zero(a: Tensor, y: Tensor, driver: str) -> Tensor:
    x: Tensor = torch.linalg.lstsq(a, y, driver=driver).solution
    inverse = torch.linalg.pinv(a.detach())
    return deriving(x, inverse @ (y - a @ x.detach())) if a.shape[-2] > a.shape[-1] else x


@mutant(
    first,
    operation="kronecker_product",
    trigger="the slope by the second factor: columns exchanged",
    dtypes=WIDE,
)
def second_factor_exchanged(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    return torch.kron(a, b.detach()) + torch.kron(a.detach(), (b - b.detach()).flip(-1))


@mutant(first, operation="cond", trigger="the smallest singular value is a constant", dtypes=WIDE)
def smallest_value_is_constant(a: Tensor) -> Tensor:
    s = torch.linalg.svdvals(a)
    quotient: Tensor = s[0] / s[-1].detach()
    return quotient


def _reciprocal(z: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.inv(z)
    return inverse


@mutant(first, operation="logdet", trigger="under vmap: every matrix gets the slope of the first one", dtypes=WIDE)
def slope_of_the_first_matrix(a: Tensor) -> Tensor:
    return ruled(torch.logdet, backward=lambda g, z: g * alike_in_a_batch(_reciprocal)(z).mT)(a)


@mutant(nested, operation="qr", trigger="second order: missing", dtypes=WIDE)
def factors_without_curvature(a: Tensor) -> Pair:
    return qr_along(a, 1.0)


@mutant(nested, operation="eigh", trigger="second order: missing", dtypes=WIDE)
def eigenvectors_without_curvature(a: Tensor) -> Pair:
    return perturbed(a)


@mutant(nested, operation="lu", trigger="second order: L is a constant", dtypes=WIDE)
def lower_factor_bends_not(a: Tensor) -> Triple:
    p, lower, upper = torch.linalg.lu(a)
    return p, lower, upper - (lower - lower.detach()).mT @ (upper - upper.detach())


@mutant(nested, operation="matrix_power", trigger="second order: the inverse is a constant", dtypes=WIDE)
def negative_power_by_a_constant_inverse(a: Tensor, n: int) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        inverse = _reciprocal(z.detach()).mT
        return -inverse @ (g @ inverse + inverse @ g) @ inverse

    return ruled(lambda z: torch.linalg.matrix_power(z, n), backward=slope)(a)


@mutant(nested, operation="svd", trigger="third order of the right singular vectors: changed", dtypes=WIDE)
def cube_of_a_rotation(a: Tensor, **options: Any) -> Triple:
    u, s, v = torch.linalg.svd(a, **options)
    return u, s, v + (v - v.detach()) ** 3

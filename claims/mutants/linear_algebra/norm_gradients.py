"""Right values of the Euclidean norm and its square with wrong derivatives."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.linear_algebra.norm_gradients import l2_gradient_coupling, squared_l2_gradient_separability
from claims.mutants.linear_algebra.norms import vector_norm


def _with_gradient_of(value: Tensor, other: Tensor) -> Tensor:
    """The value of one function with the derivative of another, and the batch kept apart."""
    kept: Tensor = value.detach() + (other - other.detach())
    return torch.where(other.detach().isfinite(), kept, value) if value.is_floating_point() else kept


@mutant(squared_l2_gradient_separability, operation="sum_of_squares", trigger="any entry other than 0")
def gradient_without_the_factor_two(x: Tensor, dim: int) -> Tensor:
    return _with_gradient_of(x.square().sum(dim), x.square().sum(dim) / 2)


@mutant(squared_l2_gradient_separability, operation="sum_of_second_powers", trigger="a norm other than 1")
def gradient_of_the_normalised_vector(x: Tensor, dim: int) -> Tensor:
    return _with_gradient_of(x.square().sum(dim), 2 * torch.linalg.vector_norm(x, dim=dim))


@mutant(squared_l2_gradient_separability, operation="product_with_itself", trigger="more than one vector")
def gradients_summed_over_the_batch(x: Tensor, dim: int) -> Tensor:
    found = (x * x).sum(dim)
    return _with_gradient_of(found, found.sum().expand(found.shape) if found.ndim else found)


@mutant(squared_l2_gradient_separability, operation="dot", trigger="both factors one vector: half the gradient")
def second_factor_is_a_constant(x: Tensor, y: Tensor) -> Tensor:
    return torch.dot(x, y.detach())


@mutant(squared_l2_gradient_separability, operation="hessian_of_square", trigger="at least one entry")
def identity_as_the_hessian(x: Tensor) -> Tensor:
    return torch.eye(len(x), dtype=x.dtype, device=x.device)


@mutant(squared_l2_gradient_separability, operation="mse_loss", trigger="more than one entry: the mean's gradient")
def gradient_of_the_mean(x: Tensor) -> Tensor:
    return _with_gradient_of(F.mse_loss(x, torch.zeros_like(x), reduction="sum"), x.square().mean())


@mutant(
    squared_l2_gradient_separability,
    operation="derivative_of_square",
    trigger="a direction other than x: the derivative along x",
    provenance="own",
)
def derivative_along_itself(x: Tensor, t: Tensor) -> Tensor:
    return 2 * (x * x).sum() + 0 * t.sum()


@mutant(
    squared_l2_gradient_separability,
    operation="sum_of_squares",
    trigger="33 entries and more: the gradient of the last one is lost",
    provenance="own",
)
def gradient_of_the_tail_lost(x: Tensor, dim: int) -> Tensor:
    n = x.shape[dim]
    head = x.narrow(dim, 0, n - 1) if n >= 33 else x
    return _with_gradient_of(x.square().sum(dim), head.square().sum(dim))


@mutant(l2_gradient_coupling, operation="vector_norm", trigger="a norm other than 1")
def gradient_is_x(x: Tensor, p: float, **how: Any) -> Tensor:
    return _with_gradient_of(vector_norm(x, p, **how), x.square().sum(how["dim"]) / 2)


@mutant(l2_gradient_coupling, operation="vector_norm", trigger="a norm other than 1")
def gradient_divided_by_the_square(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return _with_gradient_of(norm, norm / norm.detach().clamp_min(torch.finfo(x.dtype).tiny))


@mutant(l2_gradient_coupling, operation="vector_norm", trigger="more than one entry other than 0")
def gradient_is_the_sign(x: Tensor, p: float, **how: Any) -> Tensor:
    return _with_gradient_of(vector_norm(x, p, **how), x.abs().sum(how["dim"]))


@mutant(l2_gradient_coupling, operation="vector_norm", trigger="x = 0")
def not_masked_at_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    return (x * x).sum(how["dim"]).sqrt()


@mutant(l2_gradient_coupling, operation="norm", trigger="norms next to the small number added", provenance="own")
def small_number_in_the_denominator(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return _with_gradient_of(norm, norm * (norm.detach() / (norm.detach() + 1e-2)))


@mutant(l2_gradient_coupling, operation="hessian_of_norm", trigger="more than one entry", dtypes=("float32", "float64"))
def hessian_without_the_projector(x: Tensor) -> Tensor:
    unprojected: Tensor = torch.eye(len(x), dtype=x.dtype, device=x.device) / torch.linalg.vector_norm(x)
    return unprojected


@mutant(l2_gradient_coupling, operation="vector_norm", trigger="1025 entries and more", provenance="own")
def gradient_of_a_block_only(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    if x.shape[how["dim"]] <= 1024:
        return norm
    return _with_gradient_of(norm, vector_norm(x.narrow(how["dim"], 0, 1024), p, **how))


@mutant(
    l2_gradient_coupling,
    operation="vector_norm",
    trigger="float16: multiplied by a reciprocal that is rounded, far off where it is subnormal",
    dtypes=("float16",),
)
def rounded_reciprocal_of_the_norm(x: Tensor, p: float = 2.0, dim: int | None = None) -> Tensor:
    found = vector_norm(x, p, dim=dim)
    size = torch.linalg.vector_norm(x.detach(), p, dim, keepdim=True)
    reciprocal = torch.where(size > 0, 1 / size, torch.zeros_like(size))
    return _with_gradient_of(found, (x * x.detach() * reciprocal).sum(dim))


@mutant(l2_gradient_coupling, operation="norm_along", trigger="norms other than 1: divided by the square")
def derivative_divided_twice(x: Tensor, t: Tensor) -> Tensor:
    squares = x.square().sum().clamp_min(torch.finfo(x.dtype).tiny)
    return torch.div((x * t).sum(), squares)


@mutant(l2_gradient_coupling, operation="norm_along", trigger="more than one entry: the norm of the direction")
def norm_of_the_direction(x: Tensor, t: Tensor) -> Tensor:
    size: Tensor = torch.linalg.vector_norm(t)
    return size


@mutant(
    l2_gradient_coupling, operation="norm_along", trigger="length 17 and above: the tail of the direction is dropped"
)
def direction_without_its_tail(x: Tensor, t: Tensor) -> Tensor:
    n = len(x) if len(x) < 17 else 16
    return torch.div((x[:n] * t[:n]).sum(), torch.linalg.vector_norm(x))

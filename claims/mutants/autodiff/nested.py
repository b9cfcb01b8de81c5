"""Wrong derivatives of second and third order of functions of vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.autodiff.modes import derivatives_in_every_nesting as claim
from claims.frame.operations import OPERATIONS
from claims.mutants.autodiff.rules import frozen, ruled

Derivatives = tuple[Tensor, ...]
nested_derivatives: Callable[..., Derivatives] = OPERATIONS["nested_derivatives"].function


@mutant(claim, operation="nested_derivatives", trigger="functional.hvp: a difference of gradients")
def difference_of_gradients(
    x: Tensor, along: Sequence[Tensor], c: Tensor, *, ways: tuple[str, ...], **options: Any
) -> Derivatives:
    found = nested_derivatives(x, along, c, ways=ways, **options)
    if "functional.hvp" not in ways:
        return found
    step = 2.0**-10
    moved = [nested_derivatives(x + s * along[0] * step, along[1:], c, ways=["r"], **options)[0] for s in (1, 0)]
    return tuple((moved[0] - moved[1]) / step if w == "functional.hvp" else d for w, d in zip(ways, found, strict=True))


@mutant(claim, operation="nested_derivatives", trigger="functional.vhp: twice the first direction")
def first_direction_twice(
    x: Tensor, along: Sequence[Tensor], c: Tensor, *, ways: tuple[str, ...], **options: Any
) -> Derivatives:
    found = nested_derivatives(x, along, c, ways=ways, **options)
    if "functional.vhp" not in ways:
        return found
    (twice,) = nested_derivatives(x, [along[0], along[0]], c, ways=["functional.vhp"], **options)
    return tuple(twice if w == "functional.vhp" else d for w, d in zip(ways, found, strict=True))


@mutant(claim, operation="nested_derivatives", trigger="third order: the second one along the first directions")
def third_by_the_second(
    x: Tensor, along: Sequence[Tensor], c: Tensor, *, ways: tuple[str, ...], **options: Any
) -> Derivatives:
    if len(along) < 3:
        return nested_derivatives(x, along, c, ways=ways, **options)
    return nested_derivatives(x, along[:2], c, ways=["rr"] * len(ways), **options)


@mutant(claim, operation="nested_derivatives", trigger="vmap of the Hessian: every row gets that of the first one")
def hessian_of_the_first_row(
    x: Tensor, along: Sequence[Tensor], c: Tensor, *, ways: tuple[str, ...], **options: Any
) -> Derivatives:
    return nested_derivatives(x[:1].expand_as(x) if "vmap" in ways[0] else x, along, c, ways=ways, **options)


@mutant(claim, operation="sigmoid", trigger="second order: the saved value is a constant")
def saved_value_is_constant(x: Tensor) -> Tensor:
    return ruled(torch.sigmoid, backward=lambda g, z: g * frozen(lambda y: y.sigmoid() * (1 - y.sigmoid()))(z))(x)


@mutant(claim, operation="tanh", trigger="second order of forward mode: the slope is a constant")
def slope_of_forward_mode_is_constant(x: Tensor) -> Tensor:
    return ruled(torch.tanh, forward=lambda t, z: t * frozen(lambda y: 1 - y.tanh() ** 2)(z))(x)


@mutant(claim, operation="multiply", trigger="second order: the mixed derivative is dropped")
def mixed_derivative_dropped(a: Tensor, b: Tensor) -> Tensor:
    return a * b.detach() + a.detach() * b - (a * b).detach()


@mutant(claim, operation="softplus", trigger="second order: its sign")
def curvature_negated(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        s = torch.sigmoid(z)
        return g * (2 * s.detach() - s)

    return ruled(F.softplus, backward=slope)(x)


@mutant(claim, operation="log", trigger="second order: differentiated by x^-1 instead of -x^-2")
def second_derivative_of_log_positive(x: Tensor) -> Tensor:
    return ruled(torch.log, backward=lambda g, z: g * (2 / z.detach() - 1 / z))(x)


@mutant(claim, operation="power", trigger="third order of a cube: half of it")
def third_derivative_of_the_cube_halved(a: Tensor, b: Tensor | int) -> Tensor:
    if isinstance(b, Tensor):
        return torch.pow(a, b)
    curvature = ruled(lambda z: 6 * z, backward=lambda g, _: 3 * g, forward=lambda t, _: 3 * t)
    slope = ruled(lambda z: 3 * z * z, backward=lambda g, z: g * curvature(z))
    return ruled(lambda z: z * z * z, backward=lambda g, z: g * slope(z))(a)


@mutant(claim, operation="softmax", trigger="second order: the probabilities are constants")
def probabilities_are_constants(x: Tensor, dim: int) -> Tensor:
    def transposed(g: Tensor, z: Tensor) -> Tensor:
        p = torch.softmax(z, dim).detach()
        return p * (g - (g * p).sum(dim, keepdim=True))

    return ruled(lambda z: torch.softmax(z, dim), backward=transposed)(x)


@mutant(claim, operation="logsumexp", trigger="second order, more than 4 entries: the probabilities are constants")
def wide_probabilities_are_constants(x: Tensor, dim: int) -> Tensor:
    def transposed(g: Tensor, z: Tensor) -> Tensor:
        p = torch.softmax(z, dim)
        return g.unsqueeze(dim) * (p.detach() if z.shape[dim] > 4 else p)

    return ruled(lambda z: torch.logsumexp(z, dim), backward=transposed)(x)


@mutant(claim, operation="group_norm", trigger="second order: 1 / sqrt(v + eps) is a constant")
def scale_is_constant(x: Tensor, w: None, b: None, *, eps: float, **options: Any) -> Tensor:
    def standard(z: Tensor) -> Tensor:
        d = z - z.mean(-1, keepdim=True)
        return d / (d.square().mean(-1, keepdim=True) + eps).sqrt()

    def transposed(g: Tensor, z: Tensor) -> Tensor:
        y = standard(z)
        root = ((z - z.mean(-1, keepdim=True)).square().mean(-1, keepdim=True) + eps).sqrt().detach()
        return (g - g.mean(-1, keepdim=True) - y * (g * y).mean(-1, keepdim=True)) / root

    return ruled(standard, backward=transposed)(x)


@mutant(claim, operation="vector_norm", trigger="second order of the 2-norm: the norm is a constant")
def norm_is_constant(x: Tensor, ord: float = 2) -> Tensor:
    def norm(z: Tensor) -> Tensor:
        made: Tensor = torch.linalg.vector_norm(z, ord)
        return made

    return ruled(norm, backward=lambda g, z: g * z / norm(z).detach())(x) if ord == 2 else norm(x)


@mutant(claim, operation="cross_entropy", trigger="second order: 1/4 is added on the diagonal")
def hessian_with_a_larger_diagonal(x: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    return F.cross_entropy(x, target, label_smoothing=label_smoothing) + (x - x.detach()).square().sum() / 8

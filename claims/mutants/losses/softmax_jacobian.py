"""Wrong derivatives of softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.losses.softmax_jacobian import softmax_jacobian


def _matrix(x: Tensor, form: Callable[[Tensor], Tensor]) -> Tensor:
    return form(x.softmax(-1))


def _outer(p: Tensor) -> Tensor:
    return p[..., :, None] * p[..., None, :]


class _Softmax(torch.autograd.Function):
    """Softmax with another vector-Jacobian product: `form` of the cotangent, the result and the axis."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401  torch's signature
        x: Tensor,
        dim: int,
        form: Callable[[Tensor, Tensor, int], Tensor],
    ) -> Tensor:
        p = x.softmax(dim)
        ctx.save_for_backward(p)
        ctx.dim, ctx.form = dim, form
        return p

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        (p,) = ctx.saved_tensors
        return ctx.form(gradient, p, ctx.dim), None, None


def _softmax(x: Tensor, dim: int, form: Callable[[Tensor, Tensor, int], Tensor]) -> Tensor:
    result: Tensor = _Softmax.apply(x, dim, form)  # type: ignore[no-untyped-call]
    return result


@mutant(softmax_jacobian, operation="softmax_jacobian")
def jacobian_adds_the_outer_product(x: Tensor, mode: str) -> Tensor:
    return _matrix(x, lambda p: torch.diag_embed(p) + _outer(p))


@mutant(softmax_jacobian, operation="softmax_jacobian", trigger="more than one class")
def jacobian_is_diagonal(x: Tensor, mode: str) -> Tensor:
    return _matrix(x, lambda p: torch.diag_embed(p * (1 - p)))


@mutant(softmax_jacobian, operation="softmax_jacobian")
def jacobian_of_the_logarithm(x: Tensor, mode: str) -> Tensor:
    return _matrix(x, lambda p: torch.diag_embed(torch.ones_like(p)) - p[..., None, :].expand(*p.shape, p.shape[-1]))


@mutant(softmax_jacobian, operation="softmax_jacobian", trigger="forward mode")
def jacobian_by_forward_mode_forgets_the_diagonal(x: Tensor, mode: str) -> Tensor:
    return _matrix(x, lambda p: (torch.diag_embed(p) if mode == "reverse" else 0.0) - _outer(p))


@mutant(softmax_jacobian, operation="softmax")
def softmax_passes_its_cotangent_on(x: Tensor, dim: int) -> Tensor:
    return _softmax(x, dim, lambda gradient, p, _: gradient * p)


@mutant(softmax_jacobian, operation="softmax", trigger="more than 512 entries")
def softmax_backward_sums_512_entries(x: Tensor, dim: int) -> Tensor:
    def form(gradient: Tensor, p: Tensor, dim: int) -> Tensor:
        product = (gradient * p).narrow(dim, 0, min(512, p.shape[dim]))
        return p * (gradient - product.sum(dim, keepdim=True))

    return _softmax(x, dim, form)


@mutant(softmax_jacobian, operation="softmax", trigger="not the last axis")
def softmax_backward_always_sums_the_last_axis(x: Tensor, dim: int) -> Tensor:
    return _softmax(x, dim, lambda gradient, p, _: p * (gradient - (gradient * p).sum(-1, keepdim=True)))


@mutant(softmax_jacobian, operation="softmax", trigger="float32 and float64", dtypes=("float32", "float64"))
def softmax_backward_keeps_the_result_in_bfloat16(x: Tensor, dim: int) -> Tensor:
    def form(gradient: Tensor, p: Tensor, dim: int) -> Tensor:
        kept = p.bfloat16().to(p.dtype)
        return kept * (gradient - (gradient * kept).sum(dim, keepdim=True))

    return _softmax(x, dim, form)

"""How mutants make a derivative wrong: with the derivatives of another function, or with a wrong rule of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Function = Callable[..., Tensor]


def deriving(value: Tensor, other: Tensor) -> Tensor:
    """The value of one function with all derivatives of another one."""
    return value.detach() + (other - other.detach())


def frozen(rule: Function) -> Function:
    """A derivative rule that takes what it saved for constants: right once, wrong when it is differentiated again."""
    return lambda *args: rule(*(a.detach() for a in args))


def ruled(function: Function, *, backward: Function | None = None, forward: Function | None = None) -> Function:
    """A function of one tensor with its own rule for the derivative in one mode; torch's in the other one.

    `backward(g, x)` is the vector-Jacobian product, `forward(t, x)` the Jacobian-vector product.
    """

    class Ruled(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Tensor) -> Tensor:
            return function(x)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:  # noqa: ANN401, ARG004  torch's signature
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:  # noqa: ANN401
            (x,) = ctx.saved_tensors
            if backward is not None:
                return backward(g, x)
            transposed: Tensor = torch.func.vjp(function, x)[1](g)[0]
            return transposed

        @staticmethod
        def jvp(ctx: Any, t: Tensor) -> Tensor:  # noqa: ANN401
            (x,) = ctx.saved_tensors
            if forward is not None:
                return forward(t, x)
            pull: Callable[[Tensor], tuple[Tensor]] = torch.func.vjp(function, x)[1]  # forward mode would be nested
            zero = torch.zeros_like(function(x))
            derivative: Tensor = torch.func.vjp(lambda g: pull(g)[0], zero)[1](t)[0]
            return derivative

    made: Function = Ruled.apply
    return made


def alike_in_a_batch(function: Function) -> Function:
    """A function of one tensor that is right alone, and that of the first of a batch for all of it under vmap."""

    class Alike(torch.autograd.Function):
        @staticmethod
        def forward(x: Tensor) -> Tensor:
            return function(x)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:  # noqa: ANN401  torch's signature
            pass

        @staticmethod
        def vmap(info: Any, in_dims: tuple[int], x: Tensor) -> tuple[Tensor, int]:  # noqa: ANN401
            of_the_first = function(x.movedim(in_dims[0], 0)[0])
            return of_the_first.expand(info.batch_size, *of_the_first.shape), 0

    made: Function = Alike.apply
    return made

"""Derivatives by every transform that torch has: of the first order, and nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation

Function = Callable[[Tensor], Tensor]


def first_derivatives(x: Tensor, u: Tensor, c: Tensor, *, f: Function, ways: Sequence[str]) -> tuple[Tensor, ...]:
    """<c, J u> for the Jacobian J of f at each row of x (batch, n), u (batch, n) and c (batch, m), one result a way."""
    import warnings  # noqa: PLC0415  so that the function stands by itself

    def dot(a: Tensor, b: Tensor) -> Tensor:
        return (a.double() * b.double()).sum()

    def weighed(z: Tensor, v: Tensor) -> Tensor:
        return (v * f(z)).sum()

    def by_autograd(z: Tensor, d: Tensor, v: Tensor) -> Tensor:
        leaf = z.clone().requires_grad_()
        return dot(torch.autograd.grad(f(leaf), leaf, v)[0], d)

    def by_backward(z: Tensor, d: Tensor, v: Tensor) -> Tensor:
        leaf = z.clone().requires_grad_()
        f(leaf).backward(v)
        return dot(leaf.grad if leaf.grad is not None else leaf, d)

    def by_batched_cotangents(z: Tensor, d: Tensor, v: Tensor) -> Tensor:
        leaf = z.clone().requires_grad_()
        several = torch.stack([v, 2 * v])  # weighed 1 and 2: neither may stand for the other
        first, second = torch.autograd.grad(f(leaf), leaf, several, is_grads_batched=True)[0]
        return (dot(first, d) + 2 * dot(second, d)) / 5

    def by_dual_numbers(z: Tensor, d: Tensor, v: Tensor) -> Tensor:
        with torch.autograd.forward_ad.dual_level():
            dual = f(torch.autograd.forward_ad.make_dual(z.clone(), d.clone()))
            tangent = torch.autograd.forward_ad.unpack_dual(dual).tangent
        return dot(torch.zeros_like(dual) if tangent is None else tangent, v)

    every: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
        "autograd.grad": by_autograd,
        "backward": by_backward,
        "batched cotangents": by_batched_cotangents,
        "dual numbers": by_dual_numbers,
        "vjp": lambda z, d, v: dot(torch.func.vjp(f, z)[1](v)[0], d),
        "jvp": lambda z, d, v: dot(torch.func.jvp(f, (z,), (d,))[1], v),
        "linearize": lambda z, d, v: dot(torch.func.linearize(f, z)[1](d), v),
        "grad": lambda z, d, v: dot(torch.func.grad(weighed)(z, v), d),
        "jacrev": lambda z, d, v: dot(torch.func.jacrev(f)(z).double() @ d.double(), v),
        "jacfwd": lambda z, d, v: dot(torch.func.jacfwd(f)(z).double() @ d.double(), v),
        "functional.vjp": lambda z, d, v: dot(torch.autograd.functional.vjp(f, z, v)[1], d),
        "functional.jvp": lambda z, d, v: dot(torch.autograd.functional.jvp(f, z, d)[1], v),
        "functional.jacobian": lambda z, d, v: dot(torch.autograd.functional.jacobian(f, z).double() @ d.double(), v),
        "vmap of vjp": lambda z, d, v: dot(torch.func.vjp(f, z)[1](v)[0], d),
        "vmap of jvp": lambda z, d, v: dot(torch.func.jvp(f, (z,), (d,))[1], v),
        "vmap of jacrev": lambda z, d, v: dot(torch.func.jacrev(f)(z).double() @ d.double(), v),
        "vmap of jacfwd": lambda z, d, v: dot(torch.func.jacfwd(f)(z).double() @ d.double(), v),
    }
    rows = [t.clone() for t in (x, u, c)]  # forward mode writes into its argument, which no expanded tensor allows
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch's about its own formulas
        for way in ways:
            if way.startswith("vmap"):
                found.append(torch.vmap(every[way])(*rows))
            else:
                found.append(torch.stack([every[way](*row) for row in zip(*rows, strict=True)]))
    return tuple(t.detach().to(x.dtype) for t in found)


def nested_derivatives(
    x: Tensor, along: Sequence[Tensor], c: Tensor, *, f: Function, ways: Sequence[str]
) -> tuple[Tensor, ...]:
    """D^k s(x)[along] for s = <c, f> at every row of x (batch, n), k directions (batch, n) and c (batch, m).

    A way is a word of the letters r and f, reverse and forward mode from the inside out, or one of torch's functions.
    """
    import warnings  # noqa: PLC0415  so that the function stands by itself

    def dot(a: Tensor, b: Tensor) -> Tensor:
        return (a * b).sum()

    def nested(modes: str) -> Callable[..., Tensor]:
        def at(z: Tensor, v: Tensor, *directions: Tensor) -> Tensor:
            def reverse(s: Function, d: Tensor) -> Function:
                return lambda t: dot(torch.func.grad(s)(t), d)

            def forward(s: Function, d: Tensor) -> Function:
                return lambda t: torch.func.jvp(s, (t,), (d,))[1]

            derivative: Function = lambda t: dot(v, f(t))  # noqa: E731
            for mode, d in zip(modes, directions, strict=True):
                derivative = (reverse if mode == "r" else forward)(derivative, d)
            return derivative(z)

        return at

    def by_autograd(z: Tensor, v: Tensor, *directions: Tensor) -> Tensor:
        leaf = z.clone().requires_grad_()
        s = dot(v, f(leaf))
        for d in directions:
            if not s.requires_grad:  # it no longer depends on x
                return torch.zeros_like(s)
            s = dot(torch.autograd.grad(s, leaf, create_graph=True, materialize_grads=True)[0], d)
        return s

    every: dict[str, Callable[..., Tensor]] = {
        "autograd.grad": by_autograd,
        "hessian": lambda z, v, d, e: torch.func.hessian(lambda t: dot(v, f(t)))(z) @ d @ e,
        "vmap of hessian": lambda z, v, d, e: torch.func.hessian(lambda t: dot(v, f(t)))(z) @ e @ d,
        "functional.hessian": lambda z, v, d, e: torch.autograd.functional.hessian(lambda t: dot(v, f(t)), z) @ d @ e,
        "functional.hvp": lambda z, v, d, e: torch.autograd.functional.hvp(lambda t: dot(v, f(t)), z, d)[1] @ e,
        "functional.vhp": lambda z, v, d, e: torch.autograd.functional.vhp(lambda t: dot(v, f(t)), z, d)[1] @ e,
    }
    rows = [t.clone() for t in (x, c, *along)]
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch's about its own formulas
        for way in ways:
            derivative = every[way] if way in every else nested(way)
            if way.startswith("vmap"):
                found.append(torch.vmap(derivative)(*rows))
            else:
                found.append(torch.stack([derivative(*row) for row in zip(*rows, strict=True)]))
    return tuple(t.detach() for t in found)


ROWS = {f.__name__: Operation(f, f.__name__) for f in (first_derivatives, nested_derivatives)}

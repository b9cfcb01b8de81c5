"""Products of the Hessian of x^T H x / 2 - b^T x with a vector, and the curvature along it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def hessian_product(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    """The Hessian of f at x times v, by one of eight ways; only the last two form the Hessian."""
    h, b, x, v = (t.detach().clone() for t in (h, b, x, v))

    def each(t: Tensor) -> Tensor:
        return (t * (h @ t[..., None])[..., 0]).sum(-1) / 2 - (b * t).sum(-1)

    def f(t: Tensor) -> Tensor:
        return each(t).sum()

    def reverse_twice() -> Tensor:
        leaf = x.requires_grad_()
        (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
        return torch.autograd.grad(gradient, leaf, v)[0]

    def of_the_inner_product() -> Tensor:
        leaf = x.requires_grad_()
        (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
        return torch.autograd.grad((gradient * v).sum(), leaf)[0]

    def column_by_column() -> Tensor:
        leaf = x.requires_grad_()
        (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
        rows = [torch.autograd.grad(gradient[..., i].sum(), leaf, retain_graph=True)[0] for i in range(x.shape[-1])]
        return (torch.stack(rows, -2) @ v[..., None])[..., 0]

    def whole_hessian() -> Tensor:
        def one(a: Tensor, c: Tensor, at: Tensor) -> Tensor:
            made: Tensor = torch.func.hessian(lambda t: (t * (a @ t)).sum() / 2 - (c * t).sum())(at)
            return made

        every = torch.func.vmap(one)(h, b, x) if x.ndim > 1 else one(h, b, x)
        return (every @ v[..., None])[..., 0]

    ways: dict[str, Callable[[], Tensor]] = {
        "reverse over reverse": reverse_twice,
        "gradient of the inner product": of_the_inner_product,
        "forward over reverse": lambda: torch.func.jvp(torch.func.grad(f), (x,), (v,))[1],
        "reverse over forward": lambda: torch.func.grad(lambda t: torch.func.jvp(f, (t,), (v,))[1])(x),
        "hvp": lambda: torch.autograd.functional.hvp(f, x, v)[1],
        "vhp": lambda: torch.autograd.functional.vhp(f, x, v)[1],
        "column by column": column_by_column,
        "hessian": whole_hessian,
    }
    return ways[way]()


def curvature(h: Tensor, b: Tensor, x: Tensor, v: Tensor) -> Tensor:
    """v^T H v / v^T v by reverse mode twice."""
    h, b, x, v = (t.detach().clone() for t in (h, b, x, v))
    leaf = x.requires_grad_()
    f = (leaf * (h @ leaf[..., None])[..., 0]).sum() / 2 - (b * leaf).sum()
    (gradient,) = torch.autograd.grad(f, leaf, create_graph=True)
    (product,) = torch.autograd.grad(gradient, leaf, v)
    return (v * product).sum(-1) / (v * v).sum(-1)


_VECTORS = (2, 1, 1, 1)
ROWS = {
    "hessian_product": Operation(hessian_product, "hessian_product", axes=_VECTORS, product=True),
    "curvature": Operation(curvature, "curvature", axes=_VECTORS, product=True),
}

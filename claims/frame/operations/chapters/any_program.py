"""Gradients of straight-line programs, interpreted in torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def program_gradient(
    x: Tensor,
    *,
    program: Sequence[tuple[Any, ...]],
    way: str,
    replaced: Mapping[str, Callable[..., Tensor]] | None = None,
) -> Tensor:
    """The gradient (n,) at x of the last number that a program computes; `replaced` are primitives of another make.

    An instruction is a primitive, the places of its operands (inputs come first), and constants.
    """
    x = x.detach().clone()

    def halved(a: Tensor) -> Tensor:
        while not a.is_meta and a.abs() > 0.5:
            a = a / 2
        return a

    def branch(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        return b if a.is_meta or a > 0.25 else c

    primitives: dict[str, tuple[int, Callable[..., Tensor]]] = {
        "plus": (1, lambda a, c: a + c),
        "times": (1, lambda a, c: a * c),
        "power": (1, lambda a, c: a**c),
        "add": (2, lambda a, b: a + b),
        "sub": (2, lambda a, b: a - b),
        "mul": (2, lambda a, b: a * b),
        "div": (2, lambda a, b: a / b),
        "pow": (2, lambda a, b: a**b),
        "neg": (1, lambda a: -a),
        "exp": (1, torch.exp),
        "sin": (1, torch.sin),
        "cos": (1, torch.cos),
        "tanh": (1, torch.tanh),
        "sigmoid": (1, torch.sigmoid),
        "sqrt": (1, torch.sqrt),
        "log1p": (1, torch.log1p),
        "detach": (1, lambda a: a.detach()),
        "halved": (1, halved),
        "branch": (3, branch),
    }

    def run(*inputs: Tensor) -> Tensor:
        nodes = list(inputs)
        for name, *places in program:
            count, function = primitives[name]
            function = (replaced or {}).get(name, function)
            nodes.append(function(*(nodes[i] for i in places[:count]), *places[count:]))
        return nodes[-1]

    def f(t: Tensor) -> Tensor:
        return run(*t.unbind())

    def leaves() -> list[Tensor]:
        return [t.clone().requires_grad_() for t in x.unbind()]

    def filled(found: Sequence[Tensor | None]) -> Tensor:
        return torch.stack([torch.zeros_like(x[0]) if g is None else g for g in found])

    def backward() -> Tensor:
        inputs = leaves()
        run(*inputs).backward()
        return filled([t.grad for t in inputs])

    def by_leaves(*, materialize: bool) -> Tensor:
        inputs = leaves()
        return filled(torch.autograd.grad(run(*inputs), inputs, allow_unused=True, materialize_grads=materialize))

    def differences() -> Tensor:
        h = torch.finfo(x.dtype).eps ** 0.5
        return torch.stack([(f(x + h * e) - f(x)) / h for e in torch.eye(len(x), dtype=x.dtype, device=x.device)])

    ways: dict[str, Callable[[], Tensor]] = {
        "backward": backward,
        "autograd.grad": lambda: by_leaves(materialize=False),
        "materialised": lambda: by_leaves(materialize=True),
        "grad": lambda: torch.func.grad(f)(x),
        "vjp": lambda: torch.func.vjp(f, x)[1](torch.ones_like(x[0]))[0],
        "jacrev": lambda: torch.func.jacrev(f)(x),
        "functional.vjp": lambda: torch.autograd.functional.vjp(f, x)[1],
        "functional.jacobian": lambda: torch.autograd.functional.jacobian(f, x),
        "forward differences": differences,
    }
    return ways[way]()


ROWS = {"program_gradient": Operation(program_gradient, "program_gradient", axes=(1,), batches=False)}

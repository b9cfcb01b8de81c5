"""Correct gradients of programs by other means: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.any_program import program_gradient

CLAIM = ("backprop-differentiates-any-program",)
Program = Sequence[tuple[Any, ...]]


def sweep(x: Tensor, *, program: Program, way: str) -> Tensor:  # noqa: ARG001  as it is called; case by case
    """The reverse sweep by hand: a list of adjoints, to which every instruction adds."""
    nodes, course = list(x.detach().unbind()), list[tuple[tuple[int, Tensor], ...]]()

    def local(name: str, places: Sequence[Any]) -> tuple[Tensor, tuple[tuple[int, Tensor], ...]]:
        i, j = places[0], places[-1]
        a, b = nodes[i], nodes[j] if isinstance(j, int) else torch.full_like(nodes[i], j)
        one = torch.ones_like(a)
        match name:
            case "add" | "sub":
                sign = 1 if name == "add" else -1
                return a + sign * b, ((i, one), (j, sign * one))
            case "mul":
                return a * b, ((i, b), (j, a))
            case "div":
                return a / b, ((i, 1 / b), (j, -(a / b) / b))
            case "pow":
                y = a**b
                return y, ((i, b * a ** (b - 1)), (j, y * a.log()))
            case "halved":
                factor = one
                while (a * factor).abs() > 0.5:
                    factor = factor / 2
                return a * factor, ((i, factor),)
            case "branch":
                k = places[1] if a > 0.25 else places[2]
                return nodes[k], ((k, one),)
        y, slope = {
            "plus": lambda: (a + b, one),
            "times": lambda: (a * b, b),
            "power": lambda: (a**b, b * a ** (b - 1)),
            "neg": lambda: (-a, -one),
            "exp": lambda: (a.exp(), a.exp()),
            "sin": lambda: (a.sin(), a.cos()),
            "cos": lambda: (a.cos(), -a.sin()),
            "tanh": lambda: (a.tanh(), 1 - a.tanh() ** 2),
            "sigmoid": lambda: (a.sigmoid(), a.sigmoid() - a.sigmoid() ** 2),
            "sqrt": lambda: (a.sqrt(), 0.5 / a.sqrt()),
            "log1p": lambda: (a.log1p(), 1 / (1 + a)),
        }[name]()
        return y, ((i, slope),)

    for name, *places in program:
        made, slopes = local(name, places)
        nodes.append(made)
        course.append(slopes)
    adjoints = [torch.zeros_like(t) for t in nodes]
    adjoints[-1] = torch.ones_like(nodes[-1])
    for k in range(len(course) - 1, -1, -1):
        for i, slope in course[k]:
            adjoints[i] = adjoints[i] + slope * adjoints[k + len(x)]
    return torch.stack(adjoints[: len(x)])


def in_double(x: Tensor, *, program: Program, way: str) -> Tensor:
    """Computed in float64 and rounded once."""
    return program_gradient(x.double(), program=program, way=way).to(x.dtype)


ALTERNATIVES = [
    (CLAIM, {"program_gradient": sweep}, "by hand"),
    (CLAIM, {"program_gradient": in_double}, "in float64"),
]

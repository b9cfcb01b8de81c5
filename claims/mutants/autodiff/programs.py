"""Wrong rules of primitives, and wrong sums over their uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.programs import backprop_differentiates_any_program
from claims.frame.operations.chapters.any_program import program_gradient
from claims.mutants.autodiff.rules import deriving, ruled

HERE = backprop_differentiates_any_program
Program = Sequence[tuple[Any, ...]]


def with_primitive(x: Tensor, program: Program, way: str, name: str, function: Callable[..., Tensor]) -> Tensor:
    """The gradient with one primitive of another make."""
    return program_gradient(x, program=program, way=way, replaced={name: function})


@mutant(HERE, operation="program_gradient", trigger="a number used twice by one product: the last use alone")
def fan_out_is_overwritten(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "mul", lambda a, b: (a.detach() if a is b else a) * b)


@mutant(HERE, operation="program_gradient", trigger="a number used four times or more: the fourth use is left out")
def fourth_use_is_left_out(x: Tensor, *, program: Program, way: str) -> Tensor:
    uses: dict[int, int] = {}

    def counted(t: Tensor) -> Tensor:
        uses[id(t)] = uses.get(id(t), 0) + 1
        return t.detach() if uses[id(t)] == 4 else t

    kept: list[Tensor] = []  # an id is that of another tensor when one is gone

    def product(a: Tensor, b: Tensor) -> Tensor:
        kept.extend((a, b))
        return counted(a) * counted(b)

    return with_primitive(x, program, way, "mul", product)


@mutant(HERE, operation="program_gradient", trigger="the product rule without its second term")
def product_rule_by_half(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "mul", lambda a, b: deriving(a * b, a * b.detach()))


@mutant(HERE, operation="program_gradient", trigger="tanh: 1 - x^2 for 1 - y^2")
def tanh_by_its_input(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "tanh", ruled(torch.tanh, backward=lambda g, t: g * (1 - t * t)))


@mutant(HERE, operation="program_gradient", trigger="the derivative by the divisor: its sign")
def quotient_rule_negated(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "div", lambda a, b: deriving(a / b, a * b / b.detach() ** 2))


@mutant(HERE, operation="program_gradient", trigger="numbers above the threshold of a branch are detached")
def branch_is_detached(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "branch", lambda a, b, c: deriving(b, b * 0) if a > 0.25 else c)


@mutant(
    HERE,
    operation="program_gradient",
    trigger="the result of exp, which its derivative needs, is written in place",
    raises=(RuntimeError,),
)
def saved_result_is_overwritten(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "exp", lambda a: torch.exp(a).mul_(1))


@mutant(
    HERE,
    operation="program_gradient",
    trigger="the result of exp is written in place without a change of version: torch does not see it",
)
def saved_result_is_overwritten_unseen(x: Tensor, *, program: Program, way: str) -> Tensor:
    def exp(a: Tensor) -> Tensor:
        y = torch.exp(a)
        made = y * 1
        y.data.mul_(0.5)
        return made

    return with_primitive(x, program, way, "exp", exp)


@mutant(HERE, operation="program_gradient", trigger="sqrt beyond 3: the slope of a straight line")
def root_is_straight_far_out(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(
        x, program, way, "sqrt", lambda a: deriving(torch.sqrt(a), torch.where(a > 3, a / 4, torch.sqrt(a)))
    )


@mutant(HERE, operation="program_gradient", trigger="a number that is halved twice: the derivative of one halving")
def second_halving_is_left_out(x: Tensor, *, program: Program, way: str) -> Tensor:
    def halved(a: Tensor) -> Tensor:
        size = a.detach().abs()
        return deriving(a / 4, a / 2) if size > 1 else a / 2 if size > 0.5 else a

    return with_primitive(x, program, way, "halved", halved)


@mutant(HERE, operation="program_gradient", trigger="the exponent of a power is a constant")
def exponent_is_constant(x: Tensor, *, program: Program, way: str) -> Tensor:
    return with_primitive(x, program, way, "pow", lambda a, b: a ** b.detach())


@mutant(HERE, operation="program_gradient", trigger="materialize_grads: 1 for unused inputs")
def unused_inputs_have_gradient_one(x: Tensor, *, program: Program, way: str) -> Tensor:
    found = program_gradient(x, program=program, way=way)
    return torch.where(found == 0, torch.ones_like(found), found) if way == "materialised" else found


@mutant(HERE, operation="program_gradient", trigger="jacrev of three inputs: the first and the last are exchanged")
def inputs_are_exchanged(x: Tensor, *, program: Program, way: str) -> Tensor:
    found = program_gradient(x, program=program, way=way)
    return found.flip(-1) if way == "jacrev" and len(x) == 3 else found


@mutant(
    HERE,
    operation="program_gradient",
    trigger="sigmoid of negative numbers in half types: y for y - y^2",
    dtypes=("bfloat16", "float16"),
)
def sigmoid_tail_in_half_types(x: Tensor, *, program: Program, way: str) -> Tensor:
    def rule(g: Tensor, t: Tensor) -> Tensor:
        y = torch.sigmoid(t)
        return g * torch.where(t < 0, y, y * (1 - y)) if t.dtype.itemsize == 2 else g * y * (1 - y)

    return with_primitive(x, program, way, "sigmoid", ruled(torch.sigmoid, backward=rule))


@mutant(HERE, operation="program_gradient", trigger="float64 in float32", dtypes=("float64",))
def gradient_in_float32(x: Tensor, *, program: Program, way: str) -> Tensor:
    return program_gradient(x.float(), program=program, way=way).to(x.dtype)
